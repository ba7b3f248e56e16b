package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port with a certificate of its own. */
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path folder;
  private static SSLContext trusting;
  private static EdgeServer edge;

  @BeforeAll
  static void start() throws Exception {
    Path keystore = folder.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "tls",
                "-keyalg",
                "EC",
                "-keystore",
                keystore.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1")
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keystore)) {
      keys.load(in, PASSWORD);
    }
    Path certificate = pem("CERTIFICATE", keys.getCertificate("tls").getEncoded());
    Path key = pem("PRIVATE KEY", keys.getKey("tls", PASSWORD).getEncoded());
    trusting = trusting(keys);
    HttpSettings defaults = HttpSettings.defaults();
    edge =
        new EdgeServer(
            folder,
            true,
            new HttpSettings(
                defaults.host(),
                0,
                defaults.maxBodyBytes(),
                defaults.idleTimeoutSeconds(),
                Optional.of(new HttpSettings.Tls(certificate, key)),
                defaults.operator()));
  }

  private static Path pem(String what, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        folder.resolve(what.replace(' ', '-') + ".pem"),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, body, what));
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("tls", keys.getCertificate("tls"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void answersAreEncryptedAndSayThatBrowsersShallComeBackSo() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newBuilder()
            .sslContext(trusting)
            .build()
            .send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + edge.port() + "/healthz"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Strict-Transport-Security"))
        .hasValue("max-age=31536000");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
  }

  @Test
  void whoSpeaksInTheOpenIsNotAnswered() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", edge.port())) {
      socket.setSoTimeout(8_000);
      socket
          .getOutputStream()
          .write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).doesNotContain("200");
    }
  }

  @Test
  void brokenVersionsOfTlsAreRefused() throws Exception {
    for (String version : trusting.getSupportedSSLParameters().getProtocols()) {
      try (SSLSocket socket =
          (SSLSocket) trusting.getSocketFactory().createSocket("localhost", edge.port())) {
        socket.setEnabledProtocols(new String[] {version});
        if (version.equals("TLSv1.2") || version.equals("TLSv1.3")) {
          socket.startHandshake();
          assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        } else {
          assertThatThrownBy(socket::startHandshake)
              .as(version)
              .isInstanceOf(SSLHandshakeException.class);
        }
      }
    }
  }

  @Test
  void overAnOpenLineNothingIsSaidOfTls() {
    try (EdgeServer open = new EdgeServer(folder)) {
      assertThat(open.get("/healthz", null).getHeader("Strict-Transport-Security")).isNull();
    }
  }
}
