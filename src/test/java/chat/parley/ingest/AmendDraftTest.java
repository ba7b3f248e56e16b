package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Amend;
import chat.parley.bus.IngestMessages.DeleteMessage;
import chat.parley.bus.IngestMessages.EditMessage;
import chat.parley.bus.IngestMessages.SetReaction;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.ingest.AmendDraft.About;
import chat.parley.ingest.AmendDraft.AlreadySo;
import chat.parley.log.MessageState;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class AmendDraftTest {
  private static final ConversationId C = new ConversationId("c");
  private static final UserId OWNER = new UserId("owner");
  private static final UserId AUTHOR = new UserId("author");
  private static final UserId BEN = new UserId("ben");
  private static final UserId READER = new UserId("reader");
  private static final UserId LATE = new UserId("late");
  private static final UserId GONE = new UserId("gone");
  private static final UserId STRANGER = new UserId("stranger");
  private static final long TARGET = 10;
  private static final Instant SENT_AT = Instant.parse("2026-11-22T10:00:00Z");

  private final ConversationState state =
      new ConversationState(
          new Conversation(
              C,
              ConversationType.GROUP,
              "t",
              OWNER,
              1,
              AckMode.PERSISTED,
              ConversationSettings.NONE),
          new Members(
              List.of(
                  new Stint(OWNER, Role.OWNER, 1, Stint.STILL_THERE),
                  new Stint(AUTHOR, Role.MEMBER, 2, Stint.STILL_THERE),
                  new Stint(BEN, Role.MEMBER, 3, Stint.STILL_THERE),
                  new Stint(READER, Role.READONLY, 4, Stint.STILL_THERE),
                  new Stint(LATE, Role.MEMBER, 11, Stint.STILL_THERE),
                  new Stint(GONE, Role.MEMBER, 5, 12))),
          LimitSettings.defaults(),
          SizeSettings.defaults(),
          Paces.by(Clock.systemUTC()));
  private final MessageState message = message();
  private MessageSettings settings = MessageSettings.defaults();
  private long secondsLater;
  private long next = TARGET;

  @Test
  void onlyTheAuthorEdits() {
    refused(edit(BEN, "x"), Failure.FORBIDDEN);
    refused(edit(OWNER, "x"), Failure.FORBIDDEN);

    JsonObject change = done(edit(AUTHOR, "new"));

    assertThat(change.getString("type")).isEqualTo("message.edit");
    assertThat(change.getString("actorId")).isEqualTo("author");
    assertThat(change.getJsonObject("message").getJsonObject("body").getString("text"))
        .isEqualTo("new");
    assertThat(change.getJsonObject("message").getString("editedAt")).isNotEmpty();
    assertThat(change.getJsonObject("message").getString("clientMsgId")).isEqualTo("k");
  }

  @Test
  void theAuthorAndWhoManagesDelete() {
    refused(delete(BEN), Failure.FORBIDDEN);
    settings = new MessageSettings(0, false, true);
    refused(delete(OWNER), Failure.FORBIDDEN);
    settings = MessageSettings.defaults();

    JsonObject change = done(delete(OWNER));

    assertThat(change.getString("type")).isEqualTo("message.delete");
    assertThat(change.encode()).doesNotContain("old");
    assertThat(change.getJsonObject("message").getBoolean("deleted")).isTrue();
  }

  @Test
  void whoMayNotWriteSeeOrBeHereDoesNothing() {
    for (Amend command : List.of(edit(READER, "x"), delete(READER), reaction(READER, "👍", true))) {
      refused(command, Failure.READ_ONLY);
    }
    for (Amend command : List.of(edit(LATE, "x"), delete(LATE), reaction(LATE, "👍", true))) {
      refused(command, Failure.NOT_FOUND);
    }
    for (Amend command : List.of(edit(GONE, "x"), delete(GONE), reaction(GONE, "👍", true))) {
      refused(command, Failure.NOT_A_MEMBER);
    }
    refused(reaction(STRANGER, "👍", true), Failure.NOT_FOUND);
  }

  @Test
  void aDeletedMessageStaysAsItIs() {
    long deletedAt = doneAt(delete(AUTHOR));

    refused(edit(AUTHOR, "x"), Failure.CONFLICT);
    refused(reaction(BEN, "👍", true), Failure.CONFLICT);
    refused(reaction(BEN, "👍", false), Failure.CONFLICT);
    alreadySo(delete(AUTHOR), deletedAt);
    alreadySo(delete(OWNER), deletedAt);
    refused(delete(BEN), Failure.FORBIDDEN);
  }

  @Test
  void whatIsAskedForAgainIsThere() {
    alreadySo(edit(AUTHOR, "old"), TARGET);
    long edited = doneAt(edit(AUTHOR, "new"));
    long reacted = doneAt(reaction(BEN, "👍", true));

    alreadySo(edit(AUTHOR, "new"), edited);
    alreadySo(editIf(AUTHOR, "new", TARGET), edited); // a retry of an edit that came through
    alreadySo(reaction(BEN, "👍", true), reacted);
    alreadySo(reaction(BEN, "🎉", false), reacted);
    long takenBack = doneAt(reaction(BEN, "👍", false));
    alreadySo(reaction(BEN, "👍", false), takenBack);
  }

  @Test
  void anEditOfAnotherVersionIsRefused() {
    refused(editIf(AUTHOR, "new", TARGET + 1), Failure.CONFLICT);
    long edited = doneAt(editIf(AUTHOR, "new", TARGET));
    refused(editIf(AUTHOR, "newer", TARGET), Failure.CONFLICT);
    doneAt(editIf(AUTHOR, "newer", edited));
  }

  @Test
  void aMessageIsEditedOnlyForSoLong() {
    settings = new MessageSettings(60, true, true);
    secondsLater = 60;
    doneAt(edit(AUTHOR, "in time"));
    secondsLater = 61;
    refused(edit(AUTHOR, "too late"), Failure.FORBIDDEN);
    alreadySo(edit(AUTHOR, "in time"), TARGET + 1);
    doneAt(delete(AUTHOR));
  }

  @Test
  void aReactionIsTheStepAlone() {
    JsonObject change = done(reaction(BEN, "👍🏽", true));

    assertThat(change.getJsonObject("message").encode())
        .isEqualTo("{\"messageId\":\"c.a\",\"seq\":7}");
    assertThat(change.getJsonObject("reaction").encode())
        .isEqualTo("{\"emoji\":\"👍🏽\",\"on\":true}");
    assertThat(message.toJson().getJsonObject("reactions").encode())
        .isEqualTo("{\"👍🏽\":[\"ben\"]}");
  }

  @Test
  void reactionsOfAMessageHaveABound() {
    for (int i = 0; i < MessageRules.MOST_EMOJIS; i++) {
      doneAt(reaction(BEN, emoji(i), true));
    }
    refused(reaction(BEN, emoji(MessageRules.MOST_EMOJIS), true), Failure.CONFLICT);
    doneAt(reaction(AUTHOR, emoji(0), true));
    doneAt(reaction(BEN, emoji(1), false));
    doneAt(reaction(BEN, emoji(MessageRules.MOST_EMOJIS), true));
  }

  @Test
  void whatIsDoneToAMessageHasABoundButForItsDelete() {
    for (int i = 0; i < MessageRules.MOST_AMENDMENTS; i++) {
      doneAt(reaction(BEN, "👍", i % 2 == 0));
    }
    refused(reaction(BEN, "👍", true), Failure.CONFLICT);
    refused(edit(AUTHOR, "new"), Failure.CONFLICT);
    doneAt(delete(AUTHOR));
  }

  @Test
  void anEditCallsMembersAnewAndNobodyIsToldByIt() {
    AmendDraft draft =
        draft(
            new EditMessage(
                C,
                AUTHOR,
                TARGET,
                body("@ben @stranger @channel"),
                new Mentions(List.of(BEN, STRANGER), true),
                0));
    draft.admit();
    JsonObject message =
        json(draft.encode(TARGET + 1, 7, SENT_AT.toEpochMilli())).getJsonObject("message");

    assertThat(message.getJsonArray("mentions")).containsExactly("ben");
    assertThat(message.getBoolean("mentionsChannel")).isTrue();
    assertThat(draft.mentions()).isEqualTo(Mentions.NONE);
  }

  private static String emoji(int number) {
    return Character.toString(0x1F600 + number);
  }

  private void refused(Amend command, Failure failure) {
    assertThatThrownBy(() -> draft(command).admit())
        .isInstanceOfSatisfying(
            FailureException.class, refusal -> assertThat(refusal.failure()).isEqualTo(failure));
  }

  private void alreadySo(Amend command, long changeSeq) {
    assertThatThrownBy(() -> draft(command).admit())
        .isInstanceOfSatisfying(
            AlreadySo.class, so -> assertThat(so.changeSeq()).isEqualTo(changeSeq));
  }

  private long doneAt(Amend command) {
    done(command);
    return next;
  }

  private JsonObject done(Amend command) {
    AmendDraft draft = draft(command);
    assertThatCode(draft::admit).doesNotThrowAnyException();
    next++;
    return json(draft.encode(next, 7, SENT_AT.toEpochMilli()));
  }

  private AmendDraft draft(Amend command) {
    Clock clock = Clock.fixed(SENT_AT.plusSeconds(secondsLater), ZoneOffset.UTC);
    return AmendDraft.of(command, new About(state, message, settings, clock));
  }

  private static EditMessage edit(UserId actor, String text) {
    return editIf(actor, text, 0);
  }

  private static EditMessage editIf(UserId actor, String text, long version) {
    return new EditMessage(C, actor, TARGET, body(text), Mentions.NONE, version);
  }

  private static DeleteMessage delete(UserId actor) {
    return new DeleteMessage(C, actor, TARGET);
  }

  private static SetReaction reaction(UserId actor, String emoji, boolean on) {
    return new SetReaction(C, actor, TARGET, emoji, on);
  }

  private static byte[] body(String text) {
    return new JsonObject().put("text", text).toBuffer().getBytes();
  }

  private static JsonObject json(byte[] payload) {
    return new JsonObject(Buffer.buffer(payload));
  }

  private static MessageState message() {
    String json =
        "{'message':{'messageId':'c.a','seq':7,'senderId':'author','senderDeviceId':'d',"
            + "'clientMsgId':'k','createdAt':'2026-11-22T10:00:00.000Z','body':{'text':'old'},"
            + "'attachments':[],'mentions':[]}}";
    return MessageState.of(
        new Change(
            C,
            TARGET,
            7,
            ChangeType.MESSAGE_NEW,
            AUTHOR,
            null,
            SENT_AT.toEpochMilli(),
            json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
  }
}
