package chat.parley;

import chat.parley.config.SettingsReader;
import chat.parley.kafka.KafkaAccess;
import chat.parley.tls.PeerTls;
import chat.parley.tls.TlsIdentity;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the settings of what is encrypted, and says which of them do not fit together. */
final class TlsInput {
  private TlsInput() {}

  /** A certificate and its key, or neither. */
  static Optional<TlsIdentity> identity(SettingsReader reader, String area) {
    String certificateKey = area + ".tls-certificate";
    String keyKey = area + ".tls-key";
    Optional<Path> certificate = reader.path(certificateKey);
    Optional<Path> key = reader.path(keyKey);
    if (certificate.isPresent() != key.isPresent()) {
      reader.fault(keyKey, certificateKey + " and " + keyKey + " belong together");
    }
    return certificate.flatMap(chain -> key.map(secret -> new TlsIdentity(chain, secret)));
  }

  /** Nodes believe those of an authority of their own only, and show themselves to each other. */
  static Optional<PeerTls> amongNodes(SettingsReader reader) {
    Optional<Path> trust = reader.path("cluster.tls-trust");
    Optional<TlsIdentity> own = identity(reader, "cluster");
    if (trust.isPresent() != own.isPresent()) {
      reader.fault(
          "cluster.tls-trust",
          "cluster.tls-trust, cluster.tls-certificate and cluster.tls-key belong together");
    }
    return trust.map(file -> new PeerTls("cluster", trust, own));
  }

  /**
   * A store's authorities switch TLS on; not every store asks who comes.
   *
   * @param embedded the node starts the store itself, which speaks in the clear on loopback
   */
  static Optional<PeerTls> toStore(SettingsReader reader, String area, boolean embedded) {
    String trustKey = area + ".tls-trust";
    Optional<Path> trust = reader.path(trustKey);
    Optional<TlsIdentity> own = identity(reader, area);
    if (own.isPresent() && trust.isEmpty()) {
      reader.fault(
          trustKey,
          "says whose certificate is believed, and must be set where "
              + area
              + ".tls-certificate is: a file, or '"
              + PeerTls.AUTHORITIES_OF_THE_JDK
              + "'");
    }
    if (trust.isPresent() && embedded) {
      reader.fault(trustKey, "is for a store of yours: say where it is");
    }
    return trust.map(file -> new PeerTls(area, authorities(file), own));
  }

  private static Optional<Path> authorities(Path file) {
    return file.toString().equals(PeerTls.AUTHORITIES_OF_THE_JDK)
        ? Optional.empty()
        : Optional.of(file);
  }

  static KafkaAccess toKafka(SettingsReader reader, boolean embedded) {
    Optional<PeerTls> tls = toStore(reader, "kafka", embedded);
    String mechanism =
        reader.text("kafka.sasl-mechanism", "SCRAM-SHA-512", TlsInput::requireMechanism);
    String password = reader.text("kafka.password", "");
    Optional<KafkaAccess.Login> login =
        Optional.ofNullable(reader.text("kafka.username", null))
            .map(name -> new KafkaAccess.Login(mechanism, name, password));
    if (login.isPresent() && embedded) {
      reader.fault("kafka.username", "is for a Kafka of yours: name it in kafka.bootstrap-servers");
    }
    if (login.isEmpty() && !password.isEmpty()) {
      reader.fault("kafka.password", "is nobody's: kafka.username is missing");
    }
    if (login.isPresent() && mechanism.equals(KafkaAccess.Login.PLAIN) && tls.isEmpty()) {
      reader.fault(
          "kafka.sasl-mechanism",
          "PLAIN would send the password in the clear: set kafka.tls-trust, or take SCRAM-SHA-512");
    }
    return new KafkaAccess(tls, login);
  }

  private static void requireMechanism(String name) {
    if (!KafkaAccess.Login.MECHANISMS.contains(name)) {
      throw new IllegalArgumentException("must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
    }
  }
}
