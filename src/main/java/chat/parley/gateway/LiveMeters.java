package chat.parley.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What presence and typing cost a gateway, what of them was shed, and how true presence is. */
final class LiveMeters {
  /** Why something was shed. */
  enum Why {
    /** The node had too much to do. */
    OVERLOAD,
    /** The client did not read what it had. */
    SLOW_READER,
    /** The socket said too much of it. */
    CONNECTION,
    /** Enough others typed in the conversation. */
    CONVERSATION,
    /** The conversation has too many members. */
    LARGE
  }

  /** What is said to other nodes. */
  enum Message {
    /** To a gateway that watches: what has changed. */
    NEWS,
    /** To the presence stage: who may see whom, who is to hear, who has gone. */
    QUESTION,
    /** To a gateway: somebody types. */
    TYPING
  }

  /** What is done to entries of the map of presence. */
  enum Step {
    SAY,
    WATCH
  }

  private final MeterRegistry registry;
  private final Map<SoftDoor.Kind, Counter> told = new EnumMap<>(SoftDoor.Kind.class);
  private final Map<Message, Counter> messages = new EnumMap<>(Message.class);
  private final Map<Step, Counter> steps = new EnumMap<>(Step.class);
  private final Counter sampled;
  private final Counter wrong;

  LiveMeters(MeterRegistry registry) {
    this.registry = registry;
    for (SoftDoor.Kind kind : SoftDoor.Kind.values()) {
      told.put(
          kind,
          Counter.builder("parley.soft.frames")
              .description("Frames of soft state told to clients")
              .tag("kind", word(kind))
              .register(registry));
    }
    for (Message message : Message.values()) {
      messages.put(
          message,
          Counter.builder("parley.presence.bus.messages")
              .description("Messages on the bus for presence and typing, counted at their sender")
              .tag("about", word(message))
              .register(registry));
    }
    for (Step step : Step.values()) {
      steps.put(
          step,
          Counter.builder("parley.presence.entries")
              .description("Users' entries that were touched in the cluster's map of presence")
              .tag("for", word(step))
              .register(registry));
    }
    this.sampled =
        counter("sampled", "Watched users that were compared with the devices there are");
    this.wrong = counter("wrong", "Those of them that were shown otherwise");
  }

  private Counter counter(String name, String description) {
    return Counter.builder("parley.presence." + name).description(description).register(registry);
  }

  void watch(Supplier<Number> users, Supplier<Number> watches, Supplier<Number> stalenessSeconds) {
    Gauge.builder("parley.presence.watched", users)
        .description("Users that somebody here watches")
        .register(registry);
    Gauge.builder("parley.presence.watches", watches)
        .description("The same, counted for each socket; bounded by presence.max-watches")
        .register(registry);
    Gauge.builder("parley.presence.staleness.seconds", stalenessSeconds)
        .description(
            "For how long a sampled user has been shown here otherwise than the cluster's map of"
                + " devices has it; the longest, 0 where all are right")
        .register(registry);
  }

  void told(SoftDoor.Kind kind) {
    told.get(kind).increment();
  }

  void shed(SoftDoor.Kind kind, Why why) {
    registry.counter("parley.soft.shed", "kind", word(kind), "why", word(why)).increment();
  }

  void sent(Message message) {
    messages.get(message).increment();
  }

  void touched(Step step, int entries) {
    steps.get(step).increment(entries);
  }

  void sampled(int users) {
    sampled.increment(users);
  }

  void foundWrong() {
    wrong.increment();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
