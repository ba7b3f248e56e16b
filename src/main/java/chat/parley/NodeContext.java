package chat.parley;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;

/** What everything on one node is built with. */
record NodeContext(
    Vertx vertx, Settings settings, PrometheusMeterRegistry meters, CutOff cutOff, Clock clock) {}
