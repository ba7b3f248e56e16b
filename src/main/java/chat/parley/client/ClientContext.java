package chat.parley.client;

import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What all devices of a group share. */
record ClientContext(
    Loop loop,
    ClientSettings settings,
    LongSupplier nanos,
    RandomGenerator random,
    WebSocketClient webSockets,
    WebSocketConnectOptions target,
    FrameReader reader) {}
