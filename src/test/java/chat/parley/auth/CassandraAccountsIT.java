package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.auth.Devices.Outcome;
import chat.parley.auth.Devices.Renewal;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accounts, devices and refresh tokens in a real Cassandra. */
class CassandraAccountsIT {
  private static final AuthSettings SETTINGS = AuthSettings.defaults();

  private static Vertx vertx;
  private static CassandraSession session;
  private static Accounts accounts;
  private static Devices devices;

  @BeforeAll
  static void open() {
    CassandraSettings settings = SharedStack.cassandra("auth_it");
    vertx = Vertx.vertx();
    session = CassandraConnector.connect(vertx, settings, new SimpleMeterRegistry()).await();
    accounts = Accounts.open(session, SETTINGS, Clock.systemUTC()).await();
    devices = Devices.open(session, SETTINGS, Clock.systemUTC()).await();
  }

  @AfterAll
  static void close() {
    if (session != null) {
      session.close().await();
    }
    vertx.close().await();
  }

  @Test
  void ofManyWhoWantOneHandleOneGetsIt() {
    List<Future<Profile>> wishes =
        IntStream.range(0, 8).mapToObj(i -> accounts.create("many", "N" + i, "h" + i)).toList();
    Future.join(wishes).otherwiseEmpty().await();

    List<Profile> made = wishes.stream().filter(Future::succeeded).map(Future::result).toList();
    assertThat(made).hasSize(1);
    assertThat(wishes.stream().filter(Future::failed).map(Future::cause))
        .hasSize(7)
        .allSatisfy(
            cause -> assertThat(((FailureException) cause).failure()).isEqualTo(Failure.CONFLICT));
    assertThat(accounts.credentialsOf("many").await().orElseThrow().profile())
        .isEqualTo(made.get(0));
    assertThat(accounts.search("many", 10).await()).isEqualTo(made);
  }

  @Test
  void anAccountIsFoundEveryWay() {
    Profile zoe = accounts.create("zoe", "Zoë", "hash").await();
    Profile zora = accounts.create("zora.1", "Zora", "hash").await();

    assertThat(accounts.credentialsOf("zoe").await())
        .contains(new Accounts.Credentials(zoe, "hash"));
    assertThat(accounts.credentialsOf("zo").await()).isEmpty();
    assertThat(accounts.find(zoe.userId()).await()).contains(zoe);
    assertThat(accounts.find(new UserId("nobody")).await()).isEmpty();
    assertThat(
            accounts
                .findAll(List.of(zoe.userId(), new UserId("nobody"), zora.userId(), zoe.userId()))
                .await())
        .containsOnlyKeys(zoe.userId(), zora.userId());
    assertThat(accounts.search("zo", 10).await()).containsExactly(zoe, zora);
    assertThat(accounts.search("zo", 1).await()).containsExactly(zoe);
    assertThat(accounts.search("zor", 10).await()).containsExactly(zora);
    assertThat(accounts.search("zora.1", 10).await()).containsExactly(zora);
    assertThat(accounts.search("z", 10).await()).isEmpty();
  }

  @Test
  void aNewNameIsSeenAtOnceHereAndByOthersFromTheStore() {
    Profile before = accounts.create("renata", "R", "hash").await();
    Profile after = accounts.rename(before.userId(), "Renata").await();

    assertThat(accounts.find(before.userId()).await()).contains(after);
    Accounts elsewhere = Accounts.open(session, SETTINGS, Clock.systemUTC()).await();
    assertThat(elsewhere.find(before.userId()).await()).contains(after);
    assertThat(elsewhere.credentialsOf("renata").await().orElseThrow().passwordHash())
        .isEqualTo("hash");
    assertThatThrownBy(() -> accounts.rename(new UserId("nobody"), "N").await())
        .isInstanceOf(FailureException.class);
    assertThat(elsewhere.find(new UserId("nobody")).await()).isEmpty();
  }

  @Test
  void refreshTokensRotateAndAReplaySignsOut() {
    UserId user = new UserId("u-rotate");
    DeviceId phone = new DeviceId("phone");
    String first = devices.signIn(user, phone, "Phone").await();
    Renewal second = devices.renew(first).await();
    assertThat(second.outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(second.userId()).isEqualTo(user);
    assertThat(second.deviceId()).isEqualTo(phone);
    assertThat(devices.renew(second.refreshToken()).await().outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(devices.isActive(user, phone).await()).isTrue();

    assertThat(devices.renew(first).await())
        .isEqualTo(new Renewal(Outcome.REPLAYED, user, phone, null));

    assertThat(devices.isActive(user, phone).await()).isFalse();
    assertThat(devices.renew(second.refreshToken()).await().outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(devices.renew("made up").await().outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void ofManyUsesOfOneRefreshTokenAtMostOneIsGood() {
    UserId user = new UserId("u-race");
    DeviceId phone = new DeviceId("phone");
    String token = devices.signIn(user, phone, "Phone").await();
    List<Future<Renewal>> uses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      uses.add(devices.renew(token));
    }
    Future.all(uses).await();

    assertThat(uses.stream().filter(use -> use.result().outcome() == Outcome.RENEWED)).hasSize(1);
    assertThat(uses.stream().filter(use -> use.result().outcome() == Outcome.REPLAYED)).hasSize(1);
    assertThat(devices.find(user, phone).await()).isEmpty();
  }

  @Test
  void anOldTokenOfAnEarlierSignInEndsNothing() {
    UserId user = new UserId("u-again");
    DeviceId phone = new DeviceId("phone");
    String earlier = devices.signIn(user, phone, "Phone").await();
    String later = devices.signIn(user, phone, "New name").await();

    assertThat(devices.renew(earlier).await().outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(devices.renew(later).await().outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(devices.of(user).await()).extracting("name").containsExactly("New name");
  }

  @Test
  void aDeletedDeviceIsGoneWithItsTokensAndMayComeBack() {
    UserId user = new UserId("u-delete");
    DeviceId phone = new DeviceId("phone");
    DeviceId laptop = new DeviceId("laptop");
    String token = devices.signIn(user, phone, "Phone").await();
    devices.signIn(user, laptop, "Laptop").await();
    assertThat(devices.of(user).await()).extracting("deviceId").containsExactly(laptop, phone);
    assertThat(devices.isActive(user, phone).await()).isTrue();

    assertThat(devices.delete(user, phone).await()).isTrue();

    assertThat(devices.delete(user, phone).await()).isFalse();
    assertThat(devices.isActive(user, phone).await()).isFalse();
    assertThat(devices.renew(token).await().outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(devices.of(user).await()).extracting("deviceId").containsExactly(laptop);

    devices.signIn(user, phone, "Phone").await();
    assertThat(devices.isActive(user, phone).await()).isTrue();
    assertThat(devices.find(user, phone).await().orElseThrow().createdAt()).isPositive();
  }
}
