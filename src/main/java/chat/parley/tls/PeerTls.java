package chat.parley.tls;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * TLS to a store or to the other nodes. What is wrong with its files is said as an {@code
 * IllegalStateException} that names the settings.
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
   * All of it for the JDK; reads the files.
   *
   * @throws IllegalStateException where one cannot be used
   */
  public SSLContext context() {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    try {
      trust.ifPresent(
          file -> {
            requireText("-trust", file);
            builder.trustManager(file.toFile());
          });
    } catch (IllegalArgumentException unusable) {
      throw unusable("-trust", trust.orElseThrow(), unusable);
    }
    own.ifPresent(identity -> show(builder, identity));
    try {
      return ((JdkSslContext) builder.build()).context();
    } catch (IOException | IllegalArgumentException unusable) {
      throw new IllegalStateException(
          area + ".tls-trust, " + area + ".tls-certificate: " + inWords(unusable), unusable);
    }
  }

  private void show(SslContextBuilder builder, TlsIdentity identity) {
    requireText("-certificate", identity.certificate());
    requireText("-key", identity.key());
    try {
      builder.keyManager(identity.certificate().toFile(), identity.key().toFile());
    } catch (IllegalArgumentException unusable) {
      throw new IllegalStateException(
          "%s.tls-certificate %s, %s.tls-key %s: %s"
              .formatted(area, identity.certificate(), area, identity.key(), inWords(unusable)),
          unusable);
    }
  }

  /**
   * Looks whether a peer with these very settings would speak to this side, both as client and as
   * server.
   *
   * @throws IllegalStateException where it would not: a certificate has ended, somebody else has
   *     signed it, it is of another key, or it is not for this
   */
  public void requireAmongEquals() {
    SSLContext context = context();
    try {
      new Handshake(context).run();
    } catch (IOException refused) {
      throw new IllegalStateException(
          "%s.tls-certificate: with %s and its key nobody would speak to this node who goes by"
                  .formatted(area, own.map(TlsIdentity::certificate).orElse(Path.of("nothing")))
              + " %s.tls-trust %s: %s"
                  .formatted(area, trust.orElse(Path.of(AUTHORITIES_OF_THE_JDK)), inWords(refused)),
          refused);
    }
  }

  /** The text of a file, for whoever takes PEM as text. */
  public String text(String part, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw unusable(part, file, unreadable);
    }
  }

  private void requireText(String part, Path file) {
    text(part, file);
  }

  private IllegalStateException unusable(String part, Path file, Exception cause) {
    return new IllegalStateException(
        "%s.tls%s: %s cannot be used: %s".formatted(area, part, file, inWords(cause)), cause);
  }

  /** The innermost cause says what it is; those around it, that something is. */
  private static String inWords(Throwable cause) {
    Throwable first = cause;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first.getMessage() == null || first instanceof java.nio.file.FileSystemException
        ? first.toString()
        : first.getMessage();
  }
}
