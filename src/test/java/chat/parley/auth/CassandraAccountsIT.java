package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.auth.Devices.NewDevice;
import chat.parley.auth.Devices.Outcome;
import chat.parley.auth.Devices.Renewal;
import chat.parley.auth.Devices.SignedIn;
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
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accounts, devices and refresh tokens in a real Cassandra. */
class CassandraAccountsIT {
  private static final AuthSettings SETTINGS = AuthSettings.defaults();
  private static final Function<String, Future<Void>> NOTHING = former -> Future.succeededFuture();

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
        .contains(new Accounts.Credentials(zoe, "hash", false));
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
  void anotherPasswordAndASuspensionAreSeenByEverybodyAtOnce() {
    Profile una = accounts.create("una", "U", "hash").await();
    Accounts elsewhere = Accounts.open(session, SETTINGS, Clock.systemUTC()).await();

    assertThat(accounts.setPassword(una.userId(), "hash", "other").await()).isTrue();
    assertThat(accounts.setPassword(una.userId(), "hash", "a third").await()).isFalse();
    accounts.suspend(una.userId(), true).await();

    Accounts.Credentials shut = new Accounts.Credentials(una, "other", true);
    assertThat(elsewhere.credentialsOf(una.userId()).await()).contains(shut);
    assertThat(elsewhere.credentialsOf("una").await()).contains(shut);
    elsewhere.suspend(una.userId(), false).await();
    assertThat(accounts.credentialsOf("una").await())
        .contains(new Accounts.Credentials(una, "other", false));
    assertThat(accounts.credentialsOf(new UserId("nobody")).await()).isEmpty();
  }

  @Test
  void refreshTokensRotateAndAReplaySignsOut() {
    UserId user = new UserId("u-rotate");
    DeviceId phone = new DeviceId("phone");
    String first = signIn(user, phone, "Phone");
    Renewal second = renew(first);
    assertThat(second.outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(second.userId()).isEqualTo(user);
    assertThat(second.deviceId()).isEqualTo(phone);
    assertThat(renew(second.refreshToken()).outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(devices.find(user, phone).await()).isPresent();

    assertThat(renew(first))
        .isEqualTo(new Renewal(Outcome.REPLAYED, user, phone, second.family(), null));

    assertThat(devices.delete(user, phone, second.family()).await()).isTrue();
    assertThat(renew(second.refreshToken()).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(renew("made up").outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void whoAsksForARenewalOnceMoreHasItsAnswerUntilThatIsUsed() {
    UserId user = new UserId("u-again");
    DeviceId phone = new DeviceId("phone");
    String first = signIn(user, phone, "Phone");
    Optional<String> id = Optional.of("a random id of this renewal");
    Renewal second = devices.renew(first, id).await();
    assertThat(second.outcome()).isEqualTo(Outcome.RENEWED);

    assertThat(devices.renew(first, id).await()).isEqualTo(second);
    Future<Renewal> together = devices.renew(first, id);
    assertThat(devices.renew(first, id).await()).isEqualTo(second);
    assertThat(together.await()).isEqualTo(second);
    Renewal third = devices.renew(second.refreshToken(), id).await();
    assertThat(third.outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(third.refreshToken()).isNotEqualTo(second.refreshToken());

    assertThat(devices.renew(first, id).await().outcome()).isEqualTo(Outcome.REPLAYED);
  }

  @Test
  void aRenewalWithAnotherIdIsAReplay() {
    UserId user = new UserId("u-thief");
    String first = signIn(user, new DeviceId("phone"), "Phone");
    Renewal second = devices.renew(first, Optional.of("the id of its user")).await();

    assertThat(devices.renew(first, Optional.of("the id of a thief")).await())
        .isEqualTo(
            new Renewal(Outcome.REPLAYED, user, new DeviceId("phone"), second.family(), null));
  }

  @Test
  void ofManyUsesOfOneRefreshTokenAtMostOneIsGood() {
    UserId user = new UserId("u-race");
    DeviceId phone = new DeviceId("phone");
    String token = signIn(user, phone, "Phone");
    List<Future<Renewal>> uses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      uses.add(devices.renew(token, Optional.empty()));
    }
    Future.all(uses).await();

    assertThat(uses.stream().filter(use -> use.result().outcome() == Outcome.RENEWED)).hasSize(1);
    assertThat(uses.stream().filter(use -> use.result().outcome() == Outcome.REPLAYED)).hasSize(5);
  }

  @Test
  void anOldTokenOfAnEarlierSignInEndsNothing() {
    UserId user = new UserId("u-again");
    DeviceId phone = new DeviceId("phone");
    String earlier = signIn(user, phone, "Phone");
    String later = signIn(user, phone, "New name");

    assertThat(renew(earlier).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(renew(later).outcome()).isEqualTo(Outcome.RENEWED);
    assertThat(devices.of(user).await()).extracting("name").containsExactly("New name");
  }

  @Test
  void aDeletedDeviceIsGoneWithItsTokensAndMayComeBack() {
    UserId user = new UserId("u-delete");
    DeviceId phone = new DeviceId("phone");
    DeviceId laptop = new DeviceId("laptop");
    String token = signIn(user, phone, "Phone");
    signIn(user, laptop, "Laptop");
    assertThat(devices.of(user).await()).extracting("deviceId").containsExactly(laptop, phone);
    String family = devices.find(user, phone).await().orElseThrow().family();

    assertThat(devices.delete(user, phone, "another").await()).isFalse();
    assertThat(devices.delete(user, phone, family).await()).isTrue();

    assertThat(devices.delete(user, phone, family).await()).isFalse();
    assertThat(devices.find(user, phone).await()).isEmpty();
    assertThat(renew(token).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(devices.of(user).await()).extracting("deviceId").containsExactly(laptop);

    signIn(user, phone, "Phone");
    assertThat(devices.find(user, phone).await().orElseThrow().createdAt()).isPositive();
  }

  /** At one time by the clock, in which the first by name is the last to come. */
  @Test
  void aUserHasNoMoreDevicesThanMayBeHoweverManyComeAtOnce() {
    Clock stopped = Clock.fixed(Instant.now(), ZoneOffset.UTC);
    Devices few = Devices.open(session, withMaxDevices(3), stopped).await();
    for (int round = 0; round < 10; round++) {
      UserId user = new UserId("u-many-" + round);
      List<Future<Devices.SignedIn>> wishes =
          IntStream.range(0, 8)
              .mapToObj(i -> few.signIn(user, device("d" + (7 - i)), NOTHING))
              .toList();
      Future.join(wishes).otherwiseEmpty().await();

      assertThat(few.of(user).await()).hasSize(3);
    }
    UserId user = new UserId("u-many-0");
    assertThatThrownBy(() -> few.signIn(user, device("one-more"), NOTHING).await())
        .isInstanceOfSatisfying(
            FailureException.class,
            refused -> {
              assertThat(refused.failure()).isEqualTo(Failure.CONFLICT);
              assertThat(refused.getMessage()).startsWith("3 devices");
            });
    String own = few.of(user).await().get(0).deviceId().value();
    assertThat(few.signIn(user, device(own), NOTHING).await().refreshToken()).isNotBlank();
    assertThat(few.of(user).await()).hasSize(3);
  }

  @Test
  void aDeviceWhoseTokensHaveExpiredMakesRoom() {
    UserId user = new UserId("u-old");
    Devices few = Devices.open(session, withMaxDevices(1), Clock.systemUTC()).await();
    few.signIn(user, device("old"), NOTHING).await();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(31));
    Devices inAMonth = Devices.open(session, withMaxDevices(1), later).await();

    assertThat(inAMonth.of(user).await()).isEmpty();
    inAMonth.signIn(user, device("new"), NOTHING).await();
    assertThat(inAMonth.of(user).await()).extracting("name").containsExactly("new");
    assertThat(few.find(user, new DeviceId("old")).await()).isEmpty();
  }

  @Test
  void aSessionWithAnEndIsNotRenewedBeyondIt() {
    UserId user = new UserId("u-ends");
    NewDevice device =
        new NewDevice(new DeviceId("d"), "d", "web", Optional.of(Duration.ofHours(1)));
    String first = devices.signIn(user, device, NOTHING).await().refreshToken();
    String second = renew(first).refreshToken();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1).plusSeconds(1));

    Devices afterwards = Devices.open(session, SETTINGS, later).await();
    assertThat(afterwards.renew(second, Optional.empty()).await().outcome())
        .isEqualTo(Outcome.UNKNOWN);
    assertThat(renew(second).outcome()).isEqualTo(Outcome.RENEWED);
  }

  /**
   * Its access tokens are good until they expire: the last one is the only one that is not ended.
   */
  @Test
  void ofSignInsOfOneDeviceAtOnceAllButTheLastAreEnded() {
    UserId user = new UserId("u-at-once");
    Set<String> ended = ConcurrentHashMap.newKeySet();
    List<Future<SignedIn>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(
          devices.signIn(
              user,
              device("d"),
              family -> {
                ended.add(family);
                return Future.succeededFuture();
              }));
    }
    Future.join(all).otherwiseEmpty().await();

    String last = devices.find(user, new DeviceId("d")).await().orElseThrow().family();
    assertThat(ended).doesNotContain(last);
    assertThat(all)
        .filteredOn(Future::succeeded)
        .extracting(signedIn -> signedIn.result().family())
        .filteredOn(family -> !family.equals(last))
        .allSatisfy(family -> assertThat(ended).contains(family));
  }

  @Test
  void aSignInThatCannotEndTheOneBeforeItDoesNotReplaceIt() {
    UserId user = new UserId("u-keeps");
    String first = devices.signIn(user, device("d"), NOTHING).await().family();

    assertThatThrownBy(
            () ->
                devices
                    .signIn(user, device("d"), family -> Future.failedFuture("not stored"))
                    .await())
        .hasMessage("not stored");

    assertThat(devices.find(user, new DeviceId("d")).await().orElseThrow().family())
        .isEqualTo(first);
  }

  @Test
  void whatWasRevokedIsKnownToANodeThatStartsLater() {
    Revocations.Shared lost =
        new Revocations.Shared(family -> false, (family, life) -> Future.failedFuture("lost"));
    Revocations here = Revocations.open(session, SETTINGS, Clock.systemUTC(), lost).await();
    Revocations there = Revocations.open(session, SETTINGS, Clock.systemUTC(), lost).await();
    assertThat(here.isRevoked("f-1")).isFalse();

    here.revoke("f-1").await();

    assertThat(here.isRevoked("f-1")).isTrue();
    assertThat(there.isRevoked("f-1")).isFalse();
    there.refresh().await();
    assertThat(there.isRevoked("f-1")).isTrue();
    Revocations later = Revocations.open(session, SETTINGS, Clock.systemUTC(), lost).await();
    assertThat(later.isRevoked("f-1")).isTrue();
    assertThat(later.isRevoked("f-2")).isFalse();
  }

  @Test
  void somebodyOfTheProviderIsOneUserFromFirstSightOn() {
    accounts.create("ida", "Another Ida", "hash").await();
    Identities identities = Identities.open(session, accounts, "root"::equals).await();
    Identity ida =
        new Identity("https://id", "s-1", Optional.of("Ida@example.org"), Optional.of("Ida I."));

    List<Future<Profile>> firsts =
        IntStream.range(0, 4).mapToObj(i -> identities.userOf(ida)).toList();
    Future.all(firsts).await();

    assertThat(firsts)
        .extracting(first -> first.result().userId())
        .containsOnly(firsts.get(0).result().userId());
    Profile profile = identities.userOf(ida).await();
    assertThat(profile.handle()).startsWith("ida-");
    assertThat(profile.displayName()).isEqualTo("Ida I.");
    assertThat(accounts.credentialsOf(profile.handle()).await().orElseThrow().passwordHash())
        .isNull();
    Identity other = new Identity("https://elsewhere", "s-1", Optional.empty(), Optional.empty());
    assertThat(identities.userOf(other).await().userId()).isNotEqualTo(profile.userId());
    Identity wouldBeRoot = new Identity("https://id", "s-2", Optional.of("root"), Optional.empty());
    assertThat(identities.userOf(wouldBeRoot).await().handle()).isEqualTo("root-2");
  }

  private static Renewal renew(String token) {
    return devices.renew(token, Optional.empty()).await();
  }

  private static String signIn(UserId user, DeviceId device, String name) {
    return devices
        .signIn(user, new NewDevice(device, name, "web", Optional.empty()), NOTHING)
        .await()
        .refreshToken();
  }

  private static NewDevice device(String id) {
    return new NewDevice(new DeviceId(id), id, "web", Optional.empty());
  }

  private static AuthSettings withMaxDevices(int max) {
    return new AuthSettings(
        null,
        true,
        List.of(),
        "parley",
        "parley",
        900,
        30 * 86_400L,
        30,
        PasswordSettings.defaults(),
        1,
        true,
        max,
        OidcSettings.defaults());
  }
}
