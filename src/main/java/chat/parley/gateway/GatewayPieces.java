package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.Tokens;
import chat.parley.bus.Bus;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.Interests;
import chat.parley.registry.ShardRouter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What the socket side is made of.
 *
 * @param nodeId this node, as the fan-out addresses it
 * @param onReunion calls its argument back, on any thread, when a split of the cluster has healed
 * @param steady for how long something lasts, whatever is done to {@code clock}
 * @param isRevoked whether a family of tokens has ended; never blocks
 */
public record GatewayPieces(
    String nodeId,
    Bus bus,
    ShardRouter router,
    Tokens tokens,
    Predicate<String> isRevoked,
    DeviceRegistry registry,
    Interests interests,
    LongPolls polls,
    Consumer<Runnable> onReunion,
    MeterRegistry meters,
    Clock clock,
    InstantSource steady,
    GatewaySettings settings,
    Accounts accounts,
    LivePieces live,
    EdgeGuard guard) {}
