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
import chat.parley.personal.InboxStreams;
import chat.parley.personal.PersonalSettings;
import chat.parley.personal.PrivateReceipts;
import chat.parley.presence.PresenceRecords;
import chat.parley.registry.HazelcastRevoked;
import com.hazelcast.core.HazelcastInstance;
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
    PrivateReceipts privateReceipts,
    InboxRows rows,
    InboxStreams streams,
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
    Future<ConversationLog> log = ConversationLog.over(cassandra);
    Future<Conversations> conversations = Conversations.over(cassandra);
    Future<ChannelNames> channelNames = ChannelNames.over(cassandra);
    Future<Cursors> cursors = Cursors.over(cassandra);
    Future<PersonalSettings> personal = PersonalSettings.over(cassandra);
    Future<PrivateReceipts> privateReceipts = PrivateReceipts.over(cassandra);
    Future<InboxRows> rows = InboxRows.over(cassandra);
    Future<InboxStreams> streams = InboxStreams.over(cassandra);
    Future<ConversationScan> scan = ConversationScan.over(cassandra);
    Future<Accounts> accounts = Accounts.open(cassandra, auth, clock);
    Future<Devices> devices = Devices.open(cassandra, auth, clock);
    Future<PresenceRecords> presence = PresenceRecords.over(cassandra);
    Future<Revocations> revocations = revocations(node, cassandra, hazelcast);
    Future<AuditStore> audit = AuditStore.open(cassandra);
    Future<Identities> identities =
        accounts.compose(open -> Identities.open(cassandra, open, auth.admins()::contains));
    return Future.all(
            List.of(
                log,
                conversations,
                channelNames,
                cursors,
                personal,
                privateReceipts,
                rows,
                streams,
                scan,
                accounts,
                devices,
                presence,
                revocations,
                audit,
                identities))
        .map(
            all ->
                new Stores(
                    log.result(),
                    conversations.result(),
                    channelNames.result(),
                    cursors.result(),
                    personal.result(),
                    privateReceipts.result(),
                    rows.result(),
                    streams.result(),
                    scan.result(),
                    accounts.result(),
                    devices.result(),
                    presence.result(),
                    revocations.result(),
                    audit.result(),
                    identities.result()));
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
