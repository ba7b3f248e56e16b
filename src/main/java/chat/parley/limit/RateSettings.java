package chat.parley.limit;

import chat.parley.bus.FailureException.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All limits.
 *
 * @param rates by what they limit; where there is none nothing is limited
 * @param arrivals new sockets of one gateway, whoever they are of; empty where all are let in
 * @param trustedAddresses whoever comes from there is not limited
 * @param trustedProxies whose {@code X-Forwarded-For} is believed
 */
public record RateSettings(
    Map<Limit, Rate> rates,
    Optional<Rate> arrivals,
    AddressList trustedAddresses,
    AddressList trustedProxies) {
  /** A setting that says that there is no limit. */
  private static final String OFF = "off";

  /** {@link #arrivals} where the operator says nothing. */
  public static final String USUAL_ARRIVALS = "2000 + 500/s";

  public RateSettings {
    rates = Map.copyOf(rates);
  }

  /** What holds where the operator says nothing: far above what people do. */
  public static RateSettings defaults() {
    return new RateSettings(
        usual(),
        Optional.of(Rate.parse(USUAL_ARRIVALS)),
        AddressList.of(List.of(AddressList.LOOPBACK)),
        AddressList.of(List.of(AddressList.LOOPBACK)));
  }

  /** The limits that there are, with what they usually are, in the order of the settings file. */
  public static Map<Limit, Rate> usual() {
    Map<Limit, Rate> usual = new LinkedHashMap<>();
    put(usual, Scope.USER, Kind.MESSAGES, "120 + 5/s");
    put(usual, Scope.USER, Kind.BYTES, "1048576 + 32768/s");
    put(usual, Scope.USER, Kind.CONNECTIONS, "60 + 30/m");
    put(usual, Scope.USER, Kind.SIGN_INS, "10 + 2/m");
    put(usual, Scope.USER, Kind.PAGES, "600 + 20/s");
    put(usual, Scope.USER, Kind.CHANNEL_CALLS, "5 + 1/m");
    put(usual, Scope.USER, Kind.RETRIES, "30 + 1/s");
    put(usual, Scope.DEVICE, Kind.MESSAGES, "80 + 4/s");
    put(usual, Scope.DEVICE, Kind.BYTES, "786432 + 24576/s");
    put(usual, Scope.IP, Kind.MESSAGES, "600 + 60/s");
    put(usual, Scope.IP, Kind.BYTES, "4194304 + 524288/s");
    put(usual, Scope.IP, Kind.CONNECTIONS, "3000 + 50/s");
    put(usual, Scope.IP, Kind.SIGN_INS, "120 + 60/m");
    put(usual, Scope.IP, Kind.PAGES, "6000 + 200/s");
    put(usual, Scope.IP, Kind.RETRIES, "120 + 4/s");
    put(usual, Scope.CONVERSATION, Kind.MESSAGES, "300 + 40/s");
    put(usual, Scope.CONVERSATION, Kind.BYTES, "4194304 + 524288/s");
    put(usual, Scope.CONVERSATION, Kind.CHANNEL_CALLS, "10 + 2/m");
    return usual;
  }

  private static void put(Map<Limit, Rate> rates, Scope scope, Kind kind, String rate) {
    rates.put(new Limit(scope, kind), Rate.parse(rate));
  }

  /**
   * Reads a rate, or {@code off} for none.
   *
   * @throws IllegalArgumentException where the text is neither
   */
  public static Optional<Rate> read(String text) {
    return text.strip().equals(OFF) ? Optional.empty() : Optional.of(Rate.parse(text));
  }

  /** The rate of a limit; empty where there is none. */
  public Optional<Rate> rate(Scope scope, Kind kind) {
    return Optional.ofNullable(rates.get(new Limit(scope, kind)));
  }
}
