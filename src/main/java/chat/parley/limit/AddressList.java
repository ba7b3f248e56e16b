package chat.parley.limit;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Addresses of the internet: {@code 10.1.2.3}, {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or {@code
 * loopback} for this machine itself; {@code none} stands for an empty list. Names are not looked
 * up.
 */
public final class AddressList {
  /** The word for this machine. */
  public static final String LOOPBACK = "loopback";

  private static final String NONE = "none";
  private static final List<String> LOOPBACK_RANGES = List.of("127.0.0.0/8", "::1/128");
  private static final int BITS = 8;

  private final List<String> entries;
  private final List<IpSubnetFilterRule> ranges = new ArrayList<>();

  private AddressList(List<String> entries) {
    this.entries = List.copyOf(entries);
    for (String entry : entries) {
      for (String range : rangesOf(entry)) {
        ranges.add(range(range));
      }
    }
  }

  private static List<String> rangesOf(String entry) {
    return switch (entry) {
      case LOOPBACK -> LOOPBACK_RANGES;
      case NONE -> List.of();
      default -> List.of(entry);
    };
  }

  /** As they were given. */
  public List<String> entries() {
    return entries;
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where one is none
   */
  public static AddressList of(List<String> entries) {
    return new AddressList(entries);
  }

  private static IpSubnetFilterRule range(String text) {
    String[] parts = text.split("/", 2);
    InetAddress address = parse(parts[0]);
    if (address == null || parts.length == 2 && !parts[1].matches("\\d{1,3}")) {
      throw new IllegalArgumentException("'" + text + "' is no address such as 10.0.0.0/8");
    }
    int bits = address.getAddress().length * BITS;
    int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
    if (prefix > bits) {
      throw new IllegalArgumentException("'" + text + "' has a prefix above " + bits);
    }
    return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
  }

  /** The address that a text is, IPv4 in its own form; null where it is none. */
  public static InetAddress parse(String text) {
    return NetUtil.createInetAddressFromIpAddressString(text);
  }

  /** Whether the address is in the list. */
  public boolean has(InetAddress address) {
    InetSocketAddress at = new InetSocketAddress(address, 0);
    return ranges.stream().anyMatch(range -> range.matches(at));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressList list && entries.equals(list.entries);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(entries);
  }

  /** As it is written in settings. */
  @Override
  public String toString() {
    return entries.toString();
  }
}
