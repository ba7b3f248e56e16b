package chat.parley.tls;

import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;

/**
 * Who one side of a connection says that it is.
 *
 * @param certificate with its chain, in PEM
 * @param key its private key, in PEM (PKCS #8)
 */
public record TlsIdentity(Path certificate, Path key) {
  /** The same for Vert.x, which reads the files when it first needs them. */
  public PemKeyCertOptions options() {
    return new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
  }
}
