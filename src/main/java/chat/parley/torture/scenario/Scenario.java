package chat.parley.torture.scenario;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All that can be done to a cluster under load. */
public enum Scenario {
  KILL_OWNER(
      "kill -9 of the node that owns most conversations; it comes back",
      15,
      40,
      NodeFaults::killOwner),
  PAUSE_OWNER(
      "that node is frozen (SIGSTOP) for 10, 30 and 2 s in turn, and goes on as if nothing had been",
      15,
      60,
      NodeFaults::pauseOwner,
      Need.SIGNALS),
  REMOVAL_UNDER_BURST(
      "a group talks as fast as it can while its members are removed and brought back, several at a time",
      15,
      30,
      MemberFaults::removeUnderBurst),
  KILL_EVERYTHING(
      "kill -9 of every node and both stores at once; all start again",
      150,
      180,
      NodeFaults::killEverything),
  SWALLOW_WRITES(
      "Cassandra does what the owner asks, and its answers are lost for 6 s",
      15,
      45,
      NetworkFaults::swallowWrites,
      Need.PROXIES),
  OWNER_CUT_FROM_CASSANDRA(
      "the owner alone loses Cassandra for 12 s: both ways, one way, the other way, by resets",
      20,
      45,
      NetworkFaults::ownerCutFromCassandra,
      Need.PROXIES),
  PARTITION(
      "the owner and the other nodes no longer hear each other for 20 s; all reach the stores",
      30,
      60,
      NetworkFaults::partition,
      Need.PROXIES),
  STOP_BEFORE_WRITE(
      "the owner is frozen with its writes on their way; they arrive after others have taken over",
      15,
      60,
      StepFaults::beforeWrite,
      Need.PROXIES,
      Need.SIGNALS),
  STOP_TWO_BEFORE_WRITE(
      "the owner is frozen with its writes on their way, then so is its heir; the third finds what both left",
      20,
      75,
      StepFaults::twoBeforeWrite,
      Need.PROXIES,
      Need.SIGNALS),
  STOP_AFTER_WRITE(
      "the owner is frozen after its writes, before it looks whether it is still the owner",
      15,
      60,
      StepFaults::afterWrite,
      Need.PROXIES,
      Need.SIGNALS),
  STOP_BEFORE_ACK(
      "the owner is killed while its acks and deliveries are on their way to the other nodes",
      15,
      40,
      StepFaults::beforeAck,
      Need.PROXIES),
  LAST_WORDS(
      "the owner is killed with many deliveries on their way, and nothing said later shows what is lacking",
      15,
      40,
      StepFaults::lastWords,
      Need.PROXIES,
      Need.SIGNALS),
  STOP_BEFORE_PUBLISH(
      "the owner is killed when its changes are acked and on their way to the stream",
      15,
      40,
      StepFaults::beforePublish,
      Need.PROXIES),
  STOP_IN_ACTIVATION(
      "the owner is killed, and one that takes over is frozen while it recovers what is there",
      20,
      75,
      StepFaults::inActivation,
      Need.PROXIES,
      Need.SIGNALS),
  KILL_GATEWAY("kill -9 of a node that clients are connected to", 15, 40, NodeFaults::killGateway),
  STORM(
      "kill -9 of a gateway with very many devices: all come to the others at once",
      15,
      40,
      NodeFaults::storm),
  KILL_EACH(
      "kill -9 of one node after the other, in a random order: with --roles, of every role",
      15,
      60,
      NodeFaults::killEach),
  ROLLING_RESTART(
      "each node in turn is asked to stop, and started again", 15, 30, NodeFaults::rollingRestart),
  CASSANDRA_SLOW(
      "every request to Cassandra takes 200 ms longer, then 3 s",
      30,
      60,
      NetworkFaults::slowCassandra,
      Need.PROXIES),
  CASSANDRA_KILLED("kill -9 of Cassandra, back after 8 s", 60, 90, StoreFaults::killCassandra),
  CASSANDRA_PAUSED(
      "Cassandra is frozen for 15 s", 40, 60, StoreFaults::pauseCassandra, Need.SIGNALS),
  KAFKA_DOWN("kill -9 of Kafka, back after 45 s", 10, 20, StoreFaults::killKafka),
  KAFKA_PAUSED("Kafka is frozen for 15 s", 10, 20, StoreFaults::pauseKafka, Need.SIGNALS),
  DISK_FULL(
      "no space is left for Cassandra's commit log: it ends, and is started when there is space again",
      75,
      105,
      StoreFaults::fillDisk,
      Need.SMALL_DISK),
  FALSE_CLOCK(
      "the owner's clock is 65 minutes ahead, then as far behind, then right again",
      20,
      75,
      ClockFaults::falseClock,
      Need.C_COMPILER);

  /** One time; the run repeats it while there is time. */
  interface Round {
    void run(Stage stage, int round) throws InterruptedException;
  }

  private final String meaning;
  private final Duration longestAckGap;
  private final Duration longestAckGapOfOne;
  private final Round round;
  private final Set<Need> needs = EnumSet.noneOf(Need.class);

  /** The bounds in seconds: a calm machine of two cores stays well below them. */
  Scenario(String meaning, int longestGap, int longestGapOfOne, Round round, Need... needs) {
    this.meaning = meaning;
    this.longestAckGap = Duration.ofSeconds(longestGap);
    this.longestAckGapOfOne = Duration.ofSeconds(longestGapOfOne);
    this.round = round;
    this.needs.addAll(Set.of(needs));
  }

  /** Its name on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The scenario of this name. */
  public static Optional<Scenario> named(String word) {
    return Stream.of(values()).filter(scenario -> scenario.word().equals(word)).findFirst();
  }

  /** In a sentence. */
  public String meaning() {
    return meaning;
  }

  /** How long sends may wait while no conversation gets an ack. */
  public Duration longestAckGap() {
    return longestAckGap;
  }

  /** How long the sends of one conversation may wait while it gets no ack. */
  public Duration longestAckGapOfOne() {
    return longestAckGapOfOne;
  }

  /** What the machine must have for it. */
  public Set<Need> needs() {
    return Set.copyOf(needs);
  }

  /** Why this machine cannot do it; empty where it can. */
  public Optional<String> impossible() {
    return needs.stream().map(Need::lacking).flatMap(Optional::stream).findFirst();
  }

  Round round() {
    return round;
  }
}
