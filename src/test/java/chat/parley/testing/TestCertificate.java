package chat.parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.tls.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate of this machine that has signed itself, so that it is its own authority: in PEM,
 * and with its key in a keystore.
 *
 * @param identity both as PEM files
 * @param keystore PKCS #12, with {@link #PASSWORD}
 */
public record TestCertificate(TlsIdentity identity, Path keystore) {
  public static final String PASSWORD = "changeit";

  /** Both ways to call this machine. */
  public static final String HERE = "dns:localhost,ip:127.0.0.1";

  private static final String ALIAS = "tls";

  /**
   * Makes one.
   *
   * @param names of the server, as {@code keytool} wants them, such as {@link #HERE}
   * @param more options of {@code keytool}
   */
  public static TestCertificate make(Path folder, String name, String names, String... more)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path keystore = folder.resolve(name + ".p12").toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-keystore",
                keystore.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + names));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = load(keystore);
    return new TestCertificate(
        new TlsIdentity(
            pem(
                folder.resolve(name + ".crt"),
                "CERTIFICATE",
                keys.getCertificate(ALIAS).getEncoded()),
            pem(
                folder.resolve(name + ".key"),
                "PRIVATE KEY",
                keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded())),
        keystore);
  }

  /** The certificate alone, which is its own authority. */
  public Path authority() {
    return identity.certificate();
  }

  /** Writes a file of several authorities. */
  public static Path authorities(Path file, TestCertificate... all) throws IOException {
    StringBuilder text = new StringBuilder();
    for (TestCertificate one : all) {
      text.append(Files.readString(one.authority()));
    }
    return Files.writeString(file, text);
  }

  /** For a client that believes this one and shows nothing. */
  public SSLContext believing() throws IOException, GeneralSecurityException {
    return context(null);
  }

  /** For a client that believes this one and shows {@code shown}. */
  public SSLContext believing(TestCertificate shown) throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(load(shown.keystore), PASSWORD.toCharArray());
    return context(keys);
  }

  private SSLContext context(KeyManagerFactory shown) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, load(keystore).getCertificate(ALIAS));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown == null ? null : shown.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore load(Path keystore) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keystore)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static Path pem(Path file, String what, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file.toAbsolutePath(),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, body, what));
  }
}
