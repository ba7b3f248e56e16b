package chat.parley.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** What an operator sees of the socket side. */
final class GatewayMetrics {
  private final MeterRegistry registry;
  private final Counter framesIn;
  private final Counter framesOut;
  private final Counter bytesOut;
  private final Counter resends;
  private final Counter gapRepairs;
  private final Counter slowReaders;

  GatewayMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.framesIn = registry.counter("parley.gateway.frames.in");
    this.framesOut = registry.counter("parley.gateway.frames.out");
    this.bytesOut = registry.counter("parley.gateway.bytes.out");
    this.resends = registry.counter("parley.gateway.resends");
    this.gapRepairs = registry.counter("parley.gateway.gap.repairs");
    this.slowReaders = registry.counter("parley.gateway.slow.readers.cut");
  }

  void watchConnections(Supplier<Number> count) {
    Gauge.builder("parley.gateway.connections", count).register(registry);
  }

  void frameIn() {
    framesIn.increment();
  }

  void frameOut(int bytes) {
    framesOut.increment();
    bytesOut.increment(bytes);
  }

  void resent() {
    resends.increment();
  }

  void gapRepaired() {
    gapRepairs.increment();
  }

  void slowReaderCut() {
    slowReaders.increment();
  }

  /** A socket is being closed by us with this code. */
  void closing(int code) {
    registry.counter("parley.gateway.closes", "code", String.valueOf(code)).increment();
  }
}
