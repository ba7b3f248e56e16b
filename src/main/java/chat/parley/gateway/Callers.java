package chat.parley.gateway;

import chat.parley.limit.AddressList;
import chat.parley.limit.RateSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds who calls. Behind proxies that are trusted it is the last address in {@code
 * X-Forwarded-For} that none of them has: what stands before it anybody may have written there.
 */
final class Callers {
  private static final String FORWARDED_FOR = "X-Forwarded-For";

  /** What a request bears that has come through somebody else's hands. */
  private static final List<String> SIGNS_OF_A_PROXY =
      List.of(FORWARDED_FOR, "Forwarded", "X-Real-IP", "Via");

  private static final int PREFIX_BYTES = 8;

  private final AddressList proxies;
  private final AddressList trusted;

  Callers(RateSettings settings) {
    this.proxies = settings.trustedProxies();
    this.trusted = settings.trustedAddresses();
  }

  Caller of(HttpServerRequest request) {
    return of(request.remoteAddress(), request.headers());
  }

  /** Who is at the other end of a line, by what came with its request. */
  Caller of(SocketAddress line, MultiMap headers) {
    InetAddress peer = AddressList.parse(line.hostAddress());
    InetAddress caller = peer;
    for (String hop : hops(headers)) {
      InetAddress before = proxies.has(caller) ? AddressList.parse(hop) : null;
      if (before == null) {
        break;
      }
      caller = before;
    }
    // A proxy that does not say whom it speaks for must not lend its own trust to everybody.
    boolean own = caller.equals(peer) || proxies.has(caller);
    boolean mayBeTrusted = !own || SIGNS_OF_A_PROXY.stream().noneMatch(headers::contains);
    return new Caller(counted(caller), mayBeTrusted && trusted.has(caller));
  }

  /** The nearest first. */
  private static List<String> hops(MultiMap headers) {
    List<String> hops = new ArrayList<>();
    for (String header : headers.getAll(FORWARDED_FOR)) {
      for (String hop : header.split(",")) {
        hops.add(hop.strip());
      }
    }
    Collections.reverse(hops);
    return hops;
  }

  private static String counted(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    StringBuilder prefix = new StringBuilder();
    byte[] bytes = address.getAddress();
    for (int i = 0; i < PREFIX_BYTES; i++) {
      prefix.append(String.format(i % 2 == 0 && i > 0 ? ":%02x" : "%02x", bytes[i]));
    }
    return prefix.append("::/64").toString();
  }
}
