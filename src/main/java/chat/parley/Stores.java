package chat.parley;

import chat.parley.auth.Accounts;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices;
import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.log.ConversationLog;
import chat.parley.personal.InboxRows;
import chat.parley.personal.PersonalSettings;
import chat.parley.personal.PrivateReceipts;
import chat.parley.presence.PresenceRecords;
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
    ConversationScan scan,
    Accounts accounts,
    Devices devices,
    PresenceRecords presence) {

  /** Fails with the first store that cannot be opened. */
  static Future<Stores> open(CassandraSession cassandra, AuthSettings auth, Clock clock) {
    return Future.all(
            List.of(
                ConversationLog.over(cassandra),
                Conversations.over(cassandra),
                ChannelNames.over(cassandra),
                Cursors.over(cassandra),
                PersonalSettings.over(cassandra),
                PrivateReceipts.over(cassandra),
                InboxRows.over(cassandra),
                ConversationScan.over(cassandra),
                Accounts.open(cassandra, auth, clock),
                Devices.open(cassandra, auth, clock),
                PresenceRecords.over(cassandra)))
        .map(
            opened ->
                new Stores(
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
                    opened.resultAt(10)));
  }
}
