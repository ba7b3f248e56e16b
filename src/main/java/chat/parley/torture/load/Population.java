package chat.parley.torture.load;

import chat.parley.client.Credentials;
import chat.parley.client.Parallel;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.client.Profile;
import chat.parley.client.Retries;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes people. Those with devices are new for each history, since two people have one dm for ever;
 * the silent ones serve all of them: each costs the server the hash of a password.
 */
public final class Population {
  private static final int WIDTH = 4;

  private final Gates gates;
  private final Retries retries;
  private final String runId;
  private final List<Person> silent = new ArrayList<>();
  private int casts;

  /**
   * A population.
   *
   * @param runId at most 12 of {@code [a-z0-9]}; in every handle, so that no two runs on one
   *     cluster have the same
   */
  public Population(Gates gates, Retries retries, String runId) {
    this.gates = gates;
    this.retries = retries;
    this.runId = runId;
  }

  /** So many new people with so many devices each. */
  Future<List<Person>> cast(int people, int devicesEach) {
    String prefix = "t" + ++casts + "p";
    return Parallel.each(
        WIDTH,
        IntStream.range(0, people).boxed().toList(),
        number -> person(prefix + number, number, devicesEach));
  }

  /** So many people without a device, the same at each call. */
  Future<List<Person>> silent(int people) {
    int missing = Math.max(0, people - silent.size());
    List<Integer> numbers =
        IntStream.range(silent.size(), silent.size() + missing).boxed().toList();
    return Parallel.each(WIDTH, numbers, number -> person("s" + number, number, 0))
        .map(
            made -> {
              silent.addAll(made);
              return List.copyOf(silent.subList(0, people));
            });
  }

  /** Signs so many more devices of this person in. */
  Future<List<Credentials>> moreDevices(Person person, int count) {
    ParleyApi api = gates.at(0).api();
    return Parallel.each(
        WIDTH,
        IntStream.range(0, count).boxed().toList(),
        number -> signIn(api, person.handle(), person.password(), "guest " + number));
  }

  private Future<Person> person(String name, int number, int devices) {
    String handle = name + "." + runId;
    String password = "torture!" + handle;
    ParleyApi api = gates.at(number).api();
    return retries
        .call(() -> api.createAccount(handle, password, name))
        .map(Profile::userId)
        .recover(failure -> ifTakenByUs(api, handle, password, failure))
        .compose(
            userId ->
                Parallel.each(
                        1,
                        IntStream.range(0, devices).boxed().toList(),
                        device -> signIn(api, handle, password, "device " + device))
                    .map(signedIn -> new Person(handle, password, userId, signedIn)));
  }

  private Future<Credentials> signIn(ParleyApi api, String handle, String password, String device) {
    return retries
        .call(() -> api.createSession(handle, password, device, null))
        .map(session -> new Credentials(api, session));
  }

  /** The first try may have gone through unseen; the handle is new for this run. */
  private Future<String> ifTakenByUs(
      ParleyApi api, String handle, String password, Throwable failure) {
    return failure instanceof ProblemException problem && problem.code().equals("conflict")
        ? signIn(api, handle, password, "sign-up").map(ours -> ours.session().userId())
        : Future.failedFuture(failure);
  }
}
