package chat.parley.telemetry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import io.netty.util.concurrent.DefaultPromise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class ClosedTwiceTest {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final String UPGRADE =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  private final Logger logger = (Logger) LoggerFactory.getLogger(DefaultPromise.class);
  private final List<ILoggingEvent> said = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> ear =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event);
        }
      };
  private final ClosedTwice filter = new ClosedTwice();
  private final Vertx vertx = Vertx.vertx();

  @BeforeEach
  void listen() {
    ear.start();
    logger.addAppender(ear);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(ear);
    vertx.close().await();
  }

  /** Red where Vert.x says it no longer: then the filter can go. */
  @Test
  void whatVertxSaysOfAPeerThatTookNothingAndBrokeOffIsKeptOut() throws Exception {
    CompletableFuture<Void> goodbye = new CompletableFuture<>();
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setWebSocketClosingTimeout(0))
            .webSocketHandler(
                socket -> {
                  fill(socket);
                  socket.close();
                  goodbye.complete(null);
                })
            .listen(0, "127.0.0.1")
            .await();
    try (Socket peer = new Socket("127.0.0.1", server.actualPort())) {
      peer.getOutputStream().write(UPGRADE.getBytes(US_ASCII));
      goodbye.get(10, TimeUnit.SECONDS);
      peer.setSoLinger(true, 0); // a reset
    }
    await().atMost(10, TimeUnit.SECONDS).until(() -> !said.isEmpty());
    assertThat(said).extracting(filter::decide).containsOnly(FilterReply.DENY);
  }

  @Test
  void whateverElseTheSameLoggerSaysPasses() {
    logger.warn("a listener failed", new IllegalArgumentException("promise already done: another"));
    logger.warn("a listener failed", new IllegalArgumentException((String) null));
    logger.warn("a listener failed", new IllegalStateException());
    logger.warn("no cause");
    assertThat(said).hasSize(4).extracting(filter::decide).containsOnly(FilterReply.NEUTRAL);
  }

  /** More than the line takes, so that what comes next has to wait in the server. */
  private static void fill(ServerWebSocket socket) {
    Buffer chunk = Buffer.buffer(new byte[CHUNK_BYTES]);
    for (int i = 0; i < 256 || !socket.writeQueueFull(); i++) {
      socket.writeBinaryMessage(chunk);
    }
  }
}
