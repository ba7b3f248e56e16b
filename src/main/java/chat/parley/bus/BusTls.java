package chat.parley.bus;

import chat.parley.tls.PeerTls;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;

/**
 * TLS between nodes. Each of them shows a certificate and believes only those of the one authority,
 * whatever name is in it: whoever has one is a node.
 */
public final class BusTls {
  private BusTls() {}

  /** Makes the bus speak nothing else; see {@link PeerTls#requireAmongEquals}. */
  public static void guard(EventBusOptions bus, PeerTls tls) {
    bus.setSsl(true)
        .setTrustAll(false) // which is what a bus does where nothing is said
        .setClientAuth(ClientAuth.REQUIRED)
        .setEnabledSecureTransportProtocols(PeerTls.VERSIONS)
        .setKeyCertOptions(tls.own().orElseThrow().options())
        .setTrustOptions(tls.trustOptions());
  }
}
