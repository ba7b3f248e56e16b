package chat.parley.replay;

import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Credentials;
import chat.parley.client.Parallel;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.client.Retries;
import chat.parley.client.Session;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Makes the users of a run and connects a device for each. Handles are new for each run. */
final class Cast {
  private static final int LONGEST_NICK = 14;
  private static final int SOCKETS_AT_A_TIME = 32;

  private final ClientGroup group;
  private final ReplaySettings settings;
  private final Retries retries;
  private final ReplayListener listener;
  private final String runId;
  private final BiFunction<String, String, DeviceRecord> records;

  /**
   * A cast.
   *
   * @param records makes the record of a device from user id and device id
   */
  Cast(
      ClientGroup group,
      ReplaySettings settings,
      Retries retries,
      ReplayListener listener,
      String runId,
      BiFunction<String, String, DeviceRecord> records) {
    this.group = group;
    this.settings = settings;
    this.retries = retries;
    this.listener = listener;
    this.runId = runId;
    this.records = records;
  }

  /** One actor a speaker, all connected and caught up. Fails with {@link ReplayException}. */
  Future<List<Actor>> gather(List<Speaker> speakers) {
    AtomicLong made = new AtomicLong();
    AtomicLong connected = new AtomicLong();
    return Parallel.each(
            settings.setupWidth(),
            speakers,
            speaker ->
                actor(speaker.nick(), handle(speaker))
                    .onSuccess(
                        a -> listener.progress("users", made.incrementAndGet(), speakers.size())))
        .compose(
            actors ->
                Parallel.each(
                    SOCKETS_AT_A_TIME,
                    actors,
                    actor ->
                        connect(actor)
                            .onSuccess(
                                a ->
                                    listener.progress(
                                        "devices", connected.incrementAndGet(), actors.size()))));
  }

  /**
   * The person who creates the conversation and is there all along, without a device of their own.
   */
  Future<Actor> host() {
    return actor("replay-host", "replay-host." + runId);
  }

  /** A new device of an actor's user, over REST only. */
  Future<ParleyApi> freshDevice(Actor actor) {
    return retries
        .call(
            () ->
                group
                    .api()
                    .createSession(actor.handle(), password(actor.handle()), "replay reader", null))
        .map(session -> group.api().as(session));
  }

  private Future<Actor> actor(String nick, String handle) {
    return retries
        .call(
            () ->
                group
                    .api()
                    .createAccount(handle, password(handle), nick)
                    .recover(Cast::ifTakenByUs))
        .compose(
            profile ->
                retries.call(
                    () -> group.api().createSession(handle, password(handle), "replay", null)))
        .map(session -> new Actor(handle, session.userId(), group.api().as(session), null, null))
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  /**
   * The first try of a sign-up may have gone through unseen: then the handle, new for this run, is
   * ours.
   */
  private static <T> Future<T> ifTakenByUs(Throwable failure) {
    return failure instanceof ProblemException problem && problem.code().equals("conflict")
        ? Future.succeededFuture()
        : Future.failedFuture(failure);
  }

  private Future<Actor> connect(Actor actor) {
    Credentials credentials = actor.api().credentials();
    Session session = credentials.session();
    DeviceRecord record = records.apply(session.userId(), session.deviceId());
    ChatClient client = group.connect(credentials, record);
    return client
        .ready()
        .timeout(settings.patience().toMillis(), TimeUnit.MILLISECONDS)
        .map(v -> new Actor(actor.handle(), actor.userId(), actor.api(), client, record))
        .recover(
            failure ->
                Future.failedFuture(
                    new ReplayException(
                        "a device could not connect to " + settings.server() + "/v1/ws", failure)));
  }

  private ReplayException explained(Throwable failure) {
    if (failure instanceof ProblemException problem) {
      boolean switchedOff =
          problem.status() == 403 || problem.status() == 404 || problem.status() == 405;
      return new ReplayException(
          switchedOff
              ? "the server does not let people sign up, and a replay needs users of its own: "
                  + problem.getMessage()
              : "a user could not be made: " + problem.getMessage(),
          problem);
    }
    return ReplayRun.unreachable(settings.server(), failure);
  }

  /** Good enough for users who live as long as one run, and found again by nobody. */
  private static String password(String handle) {
    return "replay!" + handle;
  }

  private String handle(Speaker speaker) {
    String nick = speaker.nick().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.-]", "_");
    String shortened = nick.substring(0, Math.min(LONGEST_NICK, nick.length()));
    return shortened + "." + runId + "." + Integer.toString(speaker.index(), Character.MAX_RADIX);
  }
}
