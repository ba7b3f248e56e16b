package chat.parley.cassandra;

import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.ssl.SslEngineFactory;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * TLS to nodes whose certificate has the name, or the address, by which they are called. The
 * driver's own factory asks the DNS for a name of each address: whoever answers that would choose
 * the name that is looked for.
 */
final class StoreSslEngines implements SslEngineFactory {
  private final SSLContext context;

  StoreSslEngines(SSLContext context) {
    this.context = context;
  }

  @Override
  public SSLEngine newSslEngine(EndPoint node) {
    InetSocketAddress at = (InetSocketAddress) node.resolve();
    SSLEngine engine = context.createSSLEngine(at.getHostString(), at.getPort());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public void close() {
    // it holds nothing
  }
}
