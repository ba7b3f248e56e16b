package chat.parley.perf;

import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices;
import chat.parley.auth.Devices.NewDevice;
import chat.parley.auth.JwtTokens;
import chat.parley.auth.SigningKey;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Stint;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * A conversation of very many members, put into the store by the server's own statements before any
 * node knows of it: members from before its first change, as those of a conversation of two are.
 * Signing so many up and in would take hours of password hashing.
 *
 * @param tokens access tokens of those who are to be online
 */
record Hall(ConversationId conversationId, List<String> tokens) {
  private static final int AT_ONCE = 64;
  private static final long MINUTES = 10;

  static Hall make(Vertx vertx, String cassandra, Path signingKey, int members, int online)
      throws Exception {
    CassandraSession session =
        CassandraConnector.connectToExisting(
                vertx, CassandraSettings.at(List.of(cassandra)), new SimpleMeterRegistry())
            .await(MINUTES, TimeUnit.MINUTES);
    try {
      Conversations conversations = Conversations.over(session).await(MINUTES, TimeUnit.MINUTES);
      AuthSettings auth = AuthSettings.defaults();
      Devices devices =
          Devices.open(session, auth, Clock.systemUTC()).await(MINUTES, TimeUnit.MINUTES);
      JwtTokens tokens =
          new JwtTokens(
              vertx, SigningKey.load(signingKey), auth, Clock.systemUTC(), family -> false);
      ConversationId id = new ConversationId(Ids.fresh());
      // All of the id: it begins with the time, so halls of the same minute would share their
      // users.
      String prefix = "hall-" + id.value() + "-";
      UserId first = new UserId(prefix + 0);
      conversations
          .create(
              new Conversation(
                  id,
                  ConversationType.GROUP,
                  "hall",
                  first,
                  System.currentTimeMillis(),
                  AckMode.PERSISTED,
                  ConversationSettings.NONE))
          .await(MINUTES, TimeUnit.MINUTES);
      inParts(
          members,
          i ->
              conversations.record(
                  id, new Stint(new UserId(prefix + i), Role.MEMBER, 0, Stint.STILL_THERE), 0));
      NewDevice device = new NewDevice(new DeviceId("perf"), "perf", "perf", Optional.empty());
      String[] issued = new String[online];
      inParts(
          online,
          i ->
              devices
                  .signIn(new UserId(prefix + i), device, former -> Future.succeededFuture())
                  .onSuccess(
                      in ->
                          issued[i] =
                              tokens
                                  .issue(new UserId(prefix + i), device.deviceId(), in.family())
                                  .token()));
      return new Hall(id, List.of(issued));
    } finally {
      session.close().await(MINUTES, TimeUnit.MINUTES);
    }
  }

  private static void inParts(int count, IntFunction<Future<?>> step) throws Exception {
    for (int from = 0; from < count; from += AT_ONCE) {
      List<Future<?>> some = new ArrayList<>(AT_ONCE);
      for (int i = from; i < Math.min(count, from + AT_ONCE); i++) {
        some.add(step.apply(i));
      }
      Future.all(some).await(MINUTES, TimeUnit.MINUTES);
    }
  }
}
