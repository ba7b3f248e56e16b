package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices;
import chat.parley.auth.Passwords;
import chat.parley.auth.Tokens;
import chat.parley.bus.Bus;
import chat.parley.letters.LetterDesk;
import chat.parley.registry.Presences;
import chat.parley.registry.ShardRouter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What the REST calls are answered with.
 *
 * @param syncBudget a conversation further behind than this many changes is reset by a sync
 */
public record EdgeServices(
    AuthSettings authSettings,
    Tokens tokens,
    Passwords passwords,
    Accounts accounts,
    Devices devices,
    ShardRouter shards,
    Bus bus,
    LetterDesk letters,
    Security security,
    LongPolls polls,
    int syncBudget,
    Presences presences,
    MeterRegistry meters,
    EdgeGuard guard) {}
