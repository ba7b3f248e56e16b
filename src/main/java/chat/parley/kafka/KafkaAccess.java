package chat.parley.kafka;

import chat.parley.tls.PeerTls;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/**
 * How a client gets in at the brokers.
 *
 * @param tls empty where they speak in the clear
 * @param login empty where they ask for none
 */
public record KafkaAccess(Optional<PeerTls> tls, Optional<Login> login) {
  /** Brokers on a network that nobody else is on. */
  public static final KafkaAccess OPEN = new KafkaAccess(Optional.empty(), Optional.empty());

  private static final String PEM = "PEM";

  /**
   * A name and its password (SASL).
   *
   * @param mechanism one of {@link #MECHANISMS}
   */
  public record Login(String mechanism, String username, String password) {
    public static final String PLAIN = "PLAIN";

    /** All but the first show no password to who asks for it (RFC 5802). */
    public static final Set<String> MECHANISMS = Set.of(PLAIN, "SCRAM-SHA-256", "SCRAM-SHA-512");

    /** Never prints the password. */
    @Override
    public String toString() {
      return "Login[" + mechanism + ", " + username + "]";
    }

    private String jaas() {
      Class<?> module = mechanism.equals(PLAIN) ? PlainLoginModule.class : ScramLoginModule.class;
      return "%s required username=%s password=%s;"
          .formatted(module.getName(), quoted(username), quoted(password));
    }

    private static String quoted(String text) {
      return '"'
          + text.replace("\\", "\\\\")
              .replace("\"", "\\\"")
              .replace("\n", "\\n")
              .replace("\r", "\\r")
          + '"';
    }
  }

  /**
   * A client's settings for it.
   *
   * @throws IllegalStateException where a file cannot be used, naming the setting
   */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol().name);
    tls.ifPresent(some -> encrypt(properties, some));
    login.ifPresent(
        some -> {
          properties.put(SaslConfigs.SASL_MECHANISM, some.mechanism());
          properties.put(SaslConfigs.SASL_JAAS_CONFIG, some.jaas());
        });
    return properties;
  }

  private SecurityProtocol protocol() {
    if (login.isPresent()) {
      return tls.isPresent() ? SecurityProtocol.SASL_SSL : SecurityProtocol.SASL_PLAINTEXT;
    }
    return tls.isPresent() ? SecurityProtocol.SSL : SecurityProtocol.PLAINTEXT;
  }

  private static void encrypt(Map<String, String> properties, PeerTls tls) {
    tls.context(); // says what is wrong with a file in better words than the client
    tls.trust()
        .ifPresent(
            file -> {
              properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, PEM);
              properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, file.toString());
            });
    tls.own()
        .ifPresent(
            own -> {
              properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, PEM);
              properties.put(
                  SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                  tls.text("-certificate", own.certificate()));
              properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, tls.text("-key", own.key()));
            });
  }
}
