package chat.parley;

import chat.parley.audit.AuditStore;
import chat.parley.auth.Accounts;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices;
import chat.parley.auth.Identities;
import chat.parley.auth.Revocations;
import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.log.ConversationLog;
import chat.parley.personal.InboxRows;
import chat.parley.personal.PersonalSettings;
import chat.parley.presence.PresenceRecords;
import chat.parley.registry.HazelcastRevoked;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;

/** What is kept in Cassandra, ready for use: all of it with its schema applied. */
record Stores(
    ConversationLog log,
    Conversations conversations,
    ChannelNames channelNames,
    Cursors cursors,
    PersonalSettings personal,
    InboxRows rows,
    ConversationScan scan,
    Accounts accounts,
    Devices devices,
    PresenceRecords presence,
    Revocations revocations,
    AuditStore audit,
    Identities identities) {

  /** Fails with the first store that cannot be opened. */
  static Future<Stores> open(
      NodeContext node, CassandraSession cassandra, HazelcastInstance hazelcast) {
    AuthSettings auth = node.settings().auth();
    Clock clock = node.clock();
    return Future.all(
            List.of(
                ConversationLog.over(cassandra),
                Conversations.over(cassandra),
                ChannelNames.over(cassandra),
                Cursors.over(cassandra),
                PersonalSettings.over(cassandra),
                InboxRows.over(cassandra),
                ConversationScan.over(cassandra),
                Accounts.open(cassandra, auth, clock),
                Devices.open(cassandra, auth, clock),
                PresenceRecords.over(cassandra),
                revocations(node, cassandra, hazelcast),
                AuditStore.open(cassandra)))
        .compose(
            opened ->
                Identities.open(cassandra, opened.<Accounts>resultAt(7), auth.admins()::contains)
                    .map(identities -> stores(opened, identities)));
  }

  private static Stores stores(CompositeFuture opened, Identities identities) {
    return new Stores(
        opened.resultAt(0),
        opened.resultAt(1),
        opened.resultAt(2),
        opened.resultAt(3),
        opened.resultAt(4),
        opened.resultAt(5),
        opened.resultAt(6),
        opened.resultAt(7),
        opened.resultAt(8),
        opened.resultAt(9),
        opened.resultAt(10),
        opened.resultAt(11),
        identities);
  }

  private static Future<Revocations> revocations(
      NodeContext node, CassandraSession cassandra, HazelcastInstance hazelcast) {
    return HazelcastRevoked.open(node.vertx(), hazelcast)
        .compose(
            shared ->
                Revocations.open(
                    cassandra,
                    node.settings().auth(),
                    node.clock(),
                    new Revocations.Shared(shared::contains, shared::add)));
  }
}
