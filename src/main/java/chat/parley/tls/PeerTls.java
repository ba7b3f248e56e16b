package chat.parley.tls;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * TLS to a store or to the other nodes. Its files are read when it is used, and what is wrong with
 * them is said as an {@code IllegalStateException} that names the setting.
 *
 * @param area the settings' first word, such as {@code cassandra}
 * @param trust the authorities that are believed, in one PEM file; empty for those of the JDK
 * @param own what this side shows where the other asks for it
 */
public record PeerTls(String area, Optional<Path> trust, Optional<TlsIdentity> own) {
  /** Older ones are broken (RFC 8996). */
  public static final Set<String> VERSIONS = Set.of("TLSv1.3", "TLSv1.2");

  /** What is set where no authorities of one's own are named. */
  public static final String AUTHORITIES_OF_THE_JDK = "system";

  /** Work that fails with what is wrong with a file. */
  private interface Step<T> {
    T run() throws IOException, GeneralSecurityException;
  }

  /**
   * The authorities, for Vert.x.
   *
   * @throws IllegalStateException where they are the JDK's
   */
  public PemTrustOptions trustOptions() {
    return trust
        .map(file -> new PemTrustOptions().addCertPath(file.toString()))
        .orElseThrow(() -> new IllegalStateException(area + ".tls-trust must be a file"));
  }

  /**
   * Looks at all files.
   *
   * @throws IllegalStateException where one cannot be read or has no certificate
   */
  public void requireFiles() {
    trust.ifPresent(file -> certificates("-trust", file));
    own.ifPresent(
        identity -> {
          certificates("-certificate", identity.certificate());
          text("-key", identity.key());
        });
  }

  /**
   * Looks at all files, and whether those who trust the same authorities will believe this side.
   *
   * @throws IllegalStateException where they will not: it has ended, or somebody else has signed it
   */
  public void requireAmongEquals() {
    requireFiles();
    own.ifPresent(
        identity -> {
          List<X509Certificate> chain = certificates("-certificate", identity.certificate());
          attempt(
              "-certificate",
              identity.certificate(),
              "is not believed by whoever goes by " + area + ".tls-trust",
              () -> {
                for (TrustManager manager : trusted().getTrustManagers()) {
                  ((X509TrustManager) manager)
                      .checkClientTrusted(
                          chain.toArray(X509Certificate[]::new),
                          chain.get(0).getPublicKey().getAlgorithm());
                }
                return null;
              });
        });
  }

  /** The same for the JDK. Blocks: call it on a worker. */
  public SSLContext context(Vertx vertx) {
    requireFiles();
    KeyManager[] keys =
        own.map(
                identity ->
                    attempt("-key", identity.key(), "cannot be used", () -> keys(vertx, identity)))
            .orElse(null);
    return attempt(
        "-trust",
        trust.orElse(Path.of(AUTHORITIES_OF_THE_JDK)),
        "cannot be used",
        () -> {
          SSLContext context = SSLContext.getInstance("TLS");
          context.init(keys, trusted().getTrustManagers(), null);
          return context;
        });
  }

  /** The text of a file of this side's identity, for whoever takes PEM as text. */
  public String text(String part, Path file) {
    return attempt(part, file, "cannot be read", () -> Files.readString(file));
  }

  private static KeyManager[] keys(Vertx vertx, TlsIdentity identity)
      throws IOException, GeneralSecurityException {
    try {
      return identity.options().getKeyManagerFactory(vertx).getKeyManagers();
    } catch (IOException | GeneralSecurityException | RuntimeException known) {
      throw known;
    } catch (Exception other) { // so it is declared there
      throw new GeneralSecurityException(other);
    }
  }

  private TrustManagerFactory trusted() throws IOException, GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore store = null; // the factory's word for the JDK's own
    if (trust.isPresent()) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate authority : certificates("-trust", trust.get())) {
        store.setCertificateEntry("authority" + number++, authority);
      }
    }
    factory.init(store);
    return factory;
  }

  private List<X509Certificate> certificates(String part, Path file) {
    return attempt(
        part,
        file,
        "cannot be used",
        () -> {
          List<X509Certificate> certificates = new ArrayList<>();
          try (InputStream in = Files.newInputStream(file)) {
            CertificateFactory.getInstance("X.509")
                .generateCertificates(in)
                .forEach(one -> certificates.add((X509Certificate) one));
          }
          if (certificates.isEmpty()) {
            throw new CertificateException("there is no certificate in it");
          }
          return certificates;
        });
  }

  private <T> T attempt(String part, Path file, String failing, Step<T> step) {
    try {
      return step.run();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(
          "%s.tls%s: %s %s: %s".formatted(area, part, file, failing, e), e);
    }
  }
}
