package chat.parley.cluster.model;

import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ClientGroup;
import chat.parley.client.ParleyApi;
import chat.parley.testing.Await;
import chat.parley.testing.SignUps;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A few people with two devices each on two nodes, in a group, a channel and a direct conversation
 * of their own, who all act at once: what a seed draws is what each of them does, in which order
 * and where. Conversations become large and small again as people come and go.
 */
final class World {
  private static final int PEOPLE = 5;
  private static final int THINGS_EACH = 16;
  private static final int PAGE = 500;

  private final List<ClientGroup> nodes;
  private final SignUps signUps;
  private final Tally tally;
  private final Deeds deeds = new Deeds();
  private final List<Person> people = new ArrayList<>();
  private final Map<String, String> users = new HashMap<>();
  private final Map<String, Model> models = new HashMap<>();
  private List<String> conversations;

  World(List<ClientGroup> nodes, SignUps signUps, Tally tally) {
    this.nodes = nodes;
    this.signUps = signUps;
    this.tally = tally;
  }

  /** Lets it all happen, and compares what came of it. */
  void play(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < PEOPLE; i++) {
      people.add(person("p" + i, new Random(random.nextLong())));
    }
    found(random.nextInt(4) == 0, random.nextInt(4) == 0);
    ExecutorService minds = Executors.newFixedThreadPool(PEOPLE);
    try {
      List<java.util.concurrent.Future<?>> lives = new ArrayList<>();
      people.forEach(one -> lives.add(minds.submit(() -> one.act(THINGS_EACH))));
      for (java.util.concurrent.Future<?> life : lives) {
        life.get();
      }
      models.values().forEach(model -> model.follow(log(model.conversation)));
      settle();
      people.forEach(one -> one.settle(models));
      new Comparison(this).run();
      new OwnComparison(this).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      minds.shutdownNow();
      people.stream()
          .flatMap(one -> one.devices.stream())
          .filter(device -> !device.isAway())
          .forEach(Device::goAway);
    }
  }

  private Person person(String name, Random random) {
    String handle = name + UUID.randomUUID().toString().substring(0, 8);
    String userId = signUps.user(handle);
    users.put(handle, userId);
    List<Device> devices = new ArrayList<>();
    for (int node = 0; node < nodes.size(); node++) {
      Device device = new Device(nodes, signUps.device(userId));
      device.connect(node);
      devices.add(device);
    }
    return new Person(this, userId, handle, devices, random);
  }

  /** In most worlds a group hides from newcomers what passed before, and a channel does not. */
  private void found(boolean openGroup, boolean closedChannel) {
    ParleyApi keeper = keeper().devices.get(0).api();
    List<String> others = List.of(people.get(1).userId, people.get(2).userId);
    String group = Await.join(keeper.createGroup("group", others)).conversationId();
    String channel = Await.join(keeper.createChannel("channel")).conversationId();
    String dm = Await.join(keeper.createDm(others.get(0))).conversationId();
    if (openGroup) {
      Await.join(keeper.update(group, new JsonObject().put("history", "all")));
    }
    if (closedChannel) {
      Await.join(keeper.update(channel, new JsonObject().put("history", "joined")));
    }
    Await.join(keeper.putMember(group, others.get(0), "admin"));
    for (Person other : people.subList(1, 4)) {
      Await.join(other.devices.get(1).api().putMember(channel, other.userId, "member"));
    }
    conversations = List.of(group, channel, dm);
    String self = keeper().userId;
    model(group, "group", openGroup, List.of(self, others.get(0), others.get(1)));
    model(channel, "channel", !closedChannel, List.of(self));
    model(dm, "dm", true, List.of(self, others.get(0)));
  }

  private void model(String conversation, String type, boolean showsAll, List<String> first) {
    models.put(conversation, new Model(this, conversation, type, showsAll, first));
  }

  /** Who is in all conversations from first to last. */
  Person keeper() {
    return people.get(0);
  }

  private List<Change> log(String conversation) {
    List<Change> log = new ArrayList<>();
    ChangePage page;
    do {
      page = Await.join(keeper().devices.get(0).api().changes(conversation, log.size(), PAGE));
      log.addAll(page.items());
    } while (page.hasMore());
    return log;
  }

  /** Until every device has what its user is to be given. */
  private void settle() {
    List<Future<Void>> reached = new ArrayList<>();
    for (Person person : people) {
      for (Model model : models.values()) {
        long end = model.endFor(person.userId);
        if (end > 0) {
          person.devices.stream()
              .filter(device -> isDue(device, model))
              .forEach(device -> reached.add(device.client().reached(model.conversation, end)));
        }
      }
    }
    try {
      Await.join(Future.all(reached));
    } catch (AssertionError e) {
      throw new AssertionError("devices lack changes: " + lacking(), e);
    }
  }

  /** What a failure says: who was given how much of what, and when they came and went. */
  private List<String> lacking() {
    List<String> lacking = new ArrayList<>();
    for (Person person : people) {
      for (Model model : models.values()) {
        long end = model.endFor(person.userId);
        for (Device device : person.devices) {
          if (isDue(device, model) && device.known(model.conversation) < end) {
            lacking.add(
                "%s at node %d has %d of %d of the %s, stays %s"
                    .formatted(
                        person.handle,
                        device.node(),
                        device.known(model.conversation),
                        end,
                        model.type,
                        model.stays(person.userId)));
          }
        }
      }
    }
    return lacking;
  }

  /** Who slept through a whole stay is not told of it when they wake. */
  private static boolean isDue(Device device, Model model) {
    return model.members().containsKey(device.userId)
        || !device.wasGone()
        || !device.changes(model.conversation).isEmpty();
  }

  /** A device of a person that has never been connected. */
  Device freshDevice(Person person) {
    return new Device(nodes, signUps.device(person.userId));
  }

  List<Person> people() {
    return people;
  }

  List<String> conversations() {
    return conversations;
  }

  Deeds deeds() {
    return deeds;
  }

  Tally tally() {
    return tally;
  }

  Map<String, String> usersByHandle() {
    return users;
  }

  int nodes() {
    return nodes.size();
  }

  Model model(String conversation) {
    return models.get(conversation);
  }
}
