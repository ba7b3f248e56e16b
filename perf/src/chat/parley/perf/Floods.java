package chat.parley.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Somebody, or many, who send as much as they can into one conversation. */
final class Floods {
  /** Who floods. */
  enum By {
    /** One user with four sockets. */
    USER,
    /** All members of the conversation, behind one address. */
    ADDRESS,
    /** All members, each at an address of their own. */
    CONVERSATION
  }

  /** What became of a flood. */
  record Result(long sent, long acked, long refused, long closed) {}

  private static final int SOCKETS_OF_ONE = 4;

  private final Vertx vertx;
  private final Context loop;
  private final int port;
  private final Hall hall;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acked = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong closed = new AtomicLong();
  private final List<Bare> sockets = new ArrayList<>();

  private Floods(Vertx vertx, URI server, Hall hall) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.port = server.getPort();
    this.hall = hall;
  }

  /** Connects those who flood. */
  static Floods open(Vertx vertx, URI server, Hall hall, By by) throws Exception {
    Floods floods = new Floods(vertx, server, hall);
    List<Future<?>> opened = new ArrayList<>();
    Future<Void> all =
        Future.future(
            done ->
                floods.loop.runOnContext(
                    go -> {
                      WebSocketClient client = Bare.client(vertx, 0);
                      int sockets = by == By.USER ? SOCKETS_OF_ONE : hall.tokens().size();
                      for (int i = 0; i < sockets; i++) {
                        String token = hall.tokens().get(by == By.USER ? 0 : i);
                        String from = "192.0.2." + (by == By.CONVERSATION ? 1 + i : 1);
                        opened.add(
                            Bare.open(client, floods.port, token, from, null)
                                .compose(
                                    bare -> {
                                      floods.sockets.add(bare);
                                      bare.listen((type, text) -> floods.heard(type));
                                      bare.gone().onSuccess(c -> floods.closed.incrementAndGet());
                                      return bare.inSync();
                                    }));
                      }
                      Future.all(opened).<Void>mapEmpty().onComplete(done);
                    }));
    all.await(1, TimeUnit.MINUTES);
    return floods;
  }

  private void heard(String type) {
    if (type.equals("ack")) {
      acked.incrementAndGet();
    } else if (type.equals("error")) {
      refused.incrementAndGet();
    }
  }

  /** Floods for so long, on a thread of its own; the result is there when it is joined. */
  Thread begin(int rate, int seconds) {
    String mark = Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
    Thread thread =
        new Thread(
            () ->
                Pacer.run(
                    rate,
                    seconds,
                    (index, due) ->
                        loop.runOnContext(
                            go -> {
                              sent.incrementAndGet();
                              sockets
                                  .get(index % sockets.size())
                                  .send(
                                      hall.conversationId().value(),
                                      mark + index,
                                      "buy this now, it is cheap ".repeat(4));
                            })),
            "flood");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** A word from each, so that nobody counts as lost while nothing is sent. */
  void ping() {
    loop.runOnContext(go -> sockets.forEach(bare -> bare.write("{\"t\":\"ping\",\"d\":{}}")));
  }

  Result result() {
    return new Result(sent.get(), acked.get(), refused.get(), closed.get());
  }

  void close() {
    loop.runOnContext(go -> sockets.forEach(Bare::close));
  }
}
