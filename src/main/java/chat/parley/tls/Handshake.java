package chat.parley.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A handshake in memory of two who are the same, each of whom asks the other who they are. */
final class Handshake {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int MAX_STEPS = 100;

  /** One side, and what has been sent to it. */
  private static final class Side {
    private final SSLEngine engine;
    private final ByteBuffer sent;
    private final ByteBuffer said;

    Side(SSLEngine engine) {
      this.engine = engine;
      // A long chain takes several packets, which may come before the first is looked at.
      this.sent = ByteBuffer.allocate(8 * engine.getSession().getPacketBufferSize());
      this.said = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    boolean isThrough() {
      return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && sent.position() == 0;
    }

    void step(Side other) throws SSLException {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> engine.wrap(NOTHING, other.sent);
        case NEED_TASK -> engine.getDelegatedTask().run();
        default -> {
          sent.flip();
          engine.unwrap(sent, said);
          sent.compact();
        }
      }
    }
  }

  private final Side client;
  private final Side server;

  Handshake(SSLContext context) {
    SSLEngine calling = context.createSSLEngine();
    calling.setUseClientMode(true);
    SSLEngine called = context.createSSLEngine();
    called.setUseClientMode(false);
    called.setNeedClientAuth(true);
    this.client = new Side(calling);
    this.server = new Side(called);
  }

  /** Fails with what one of them has against the other. */
  void run() throws SSLException {
    client.engine.beginHandshake();
    server.engine.beginHandshake();
    for (int i = 0; i < MAX_STEPS && !(client.isThrough() && server.isThrough()); i++) {
      client.step(server);
      server.step(client);
    }
    if (!(client.isThrough() && server.isThrough())) {
      throw new SSLException("the handshake comes to no end");
    }
  }
}
