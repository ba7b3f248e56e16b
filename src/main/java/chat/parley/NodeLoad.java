package chat.parley;

import chat.parley.overload.LongLivedHeap;
import chat.parley.overload.LoopLag;
import chat.parley.overload.Overload;
import chat.parley.overload.OverloadSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a node gives up when it has too much to do, and by what it knows.
 *
 * @param overload asked by whoever does work that may be given up
 * @param lag watches event loops for it
 */
record NodeLoad(Overload overload, LoopLag lag) {
  /** Begins to watch this node. */
  static NodeLoad watch(NodeContext node) {
    OverloadSettings bears = node.settings().overload();
    LoopLag lag = new LoopLag(System::nanoTime, node.meters());
    Overload overload =
        new Overload(
            bears,
            List.of(
                lag.signal(bears.loopLagMs()),
                LongLivedHeap.signal(bears.heapPercent()),
                bears.streamSignal(() -> waitingForTheStream(node.meters()))),
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextLong(),
            node.meters());
    lag.watch(node.vertx(), node.vertx().getOrCreateContext());
    node.vertx().setPeriodic(Overload.LOOK_MS, tick -> overload.look());
    return new NodeLoad(overload, lag);
  }

  /** Of the relay of this node; 0 where there is none. */
  private static double waitingForTheStream(MeterRegistry meters) {
    Gauge backlog = meters.find("parley.relay.backlog").gauge();
    return backlog == null ? 0 : backlog.value();
  }
}
