package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.FailureException.Scope;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.bus.IngestMessages.Profile;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.UpdateConversation;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.ingest.Drafts.MessageDraft;
import chat.parley.ingest.Drafts.NothingToDo;
import chat.parley.log.Draft;
import chat.parley.model.AckMode;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.MessageId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.HandClock;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a conversation's owner lets pass, told on the drafts themselves, without a store. */
class MembershipRulesTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId OLGA = new UserId("olga");
  private static final UserId ADAM = new UserId("adam");
  private static final UserId MIA = new UserId("mia");
  private static final UserId RON = new UserId("ron");
  private static final UserId EVE = new UserId("eve");

  private final HandClock clock = new HandClock();
  private ConversationState room = room(ConversationType.GROUP, 100);
  private long changeSeq;

  /** Olga owns it, Adam is an admin, Mia a member, Ron may only read; Eve is not there. */
  private ConversationState room(ConversationType type, int maxMembers) {
    List<Stint> all = new ArrayList<>();
    all.add(new Stint(OLGA, Role.OWNER, 1, Stint.STILL_THERE));
    all.add(new Stint(ADAM, Role.ADMIN, 2, Stint.STILL_THERE));
    all.add(new Stint(MIA, Role.MEMBER, 3, Stint.STILL_THERE));
    all.add(new Stint(RON, Role.READONLY, 4, Stint.STILL_THERE));
    changeSeq = 4;
    return new ConversationState(
        new Conversation(ROOM, type, "Room", OLGA, 0, AckMode.PERSISTED, ConversationSettings.NONE),
        new Members(all),
        new LimitSettings(maxMembers),
        SizeSettings.defaults(),
        Paces.by(clock));
  }

  @Test
  void nobodyActsOnARoleAboveTheirOwnOrGivesOne() {
    refused(Failure.FORBIDDEN, kick(ADAM, OLGA));
    refused(Failure.FORBIDDEN, role(ADAM, OLGA, Role.MEMBER));
    refused(Failure.FORBIDDEN, role(ADAM, MIA, Role.OWNER));
    refused(Failure.FORBIDDEN, role(ADAM, ADAM, Role.OWNER));
    refused(Failure.FORBIDDEN, bring(ADAM, EVE, Role.OWNER));
    done(role(ADAM, MIA, Role.ADMIN));
    done(bring(ADAM, EVE, Role.ADMIN));
    done(kick(OLGA, EVE));
  }

  @Test
  void membersChangeNobodyButLeave() {
    refused(Failure.FORBIDDEN, kick(MIA, RON));
    refused(Failure.FORBIDDEN, bring(MIA, EVE, Role.MEMBER));
    refused(Failure.FORBIDDEN, role(MIA, MIA, Role.ADMIN));
    refused(Failure.FORBIDDEN, title(MIA, "Mine"));
    assertThatThrownBy(() -> done(role(MIA, MIA, Role.MEMBER))).isInstanceOf(NothingToDo.class);
    done(kick(RON, RON));
    refused(Failure.NOT_A_MEMBER, kick(RON, RON));
    refused(Failure.NOT_FOUND, kick(EVE, EVE));
  }

  @Test
  void aRoleIsOfMembersOnlyAndWhoIsNotThereIsRemovedAlready() {
    refused(Failure.NOT_FOUND, role(OLGA, EVE, Role.ADMIN));
    assertThatThrownBy(() -> done(kick(OLGA, EVE))).isInstanceOf(NothingToDo.class);
  }

  @Test
  void theLastOwnerStaysAsLongAsAnybodyElseIsThere() {
    refused(Failure.CONFLICT, kick(OLGA, OLGA));
    refused(Failure.CONFLICT, role(OLGA, OLGA, Role.ADMIN));
    done(role(OLGA, MIA, Role.OWNER));
    done(kick(OLGA, OLGA));
    refused(Failure.CONFLICT, kick(MIA, MIA));
    done(kick(MIA, ADAM));
    done(kick(MIA, RON));
    done(kick(MIA, MIA));
    assertThat(room.members().count()).isZero();
  }

  @Test
  void aDmKeepsItsTwo() {
    room = room(ConversationType.DM, 100);
    refused(Failure.FORBIDDEN, kick(MIA, MIA));
    refused(Failure.FORBIDDEN, bring(OLGA, EVE, Role.MEMBER));
  }

  @Test
  void anybodyJoinsAChannelAsAMemberAndNobodyAGroup() {
    refused(Failure.NOT_FOUND, bring(EVE, EVE, Role.MEMBER));
    room = room(ConversationType.CHANNEL, 100);
    refused(Failure.FORBIDDEN, bring(EVE, EVE, Role.ADMIN));
    refused(Failure.NOT_A_MEMBER, bring(EVE, new UserId("dee"), Role.MEMBER));
    refused(Failure.NOT_A_MEMBER, send(EVE));
    JsonObject joined = done(bring(EVE, EVE, Role.MEMBER));
    assertThat(joined.getJsonObject("member").getString("role")).isEqualTo("member");
    assertThat(joined.getInteger("memberCount")).isEqualTo(5);
    for (Role role : Role.values()) {
      assertThatThrownBy(() -> done(bring(EVE, EVE, role))).isInstanceOf(NothingToDo.class);
    }
    done(send(EVE));
  }

  @Test
  void whoWasSilencedInAChannelIsSoWhenTheyComeBack() {
    room = room(ConversationType.CHANNEL, 100);
    done(kick(RON, RON));
    JsonObject joined = done(bring(RON, RON, Role.MEMBER));
    assertThat(joined.getJsonObject("member").getString("role")).isEqualTo("readonly");
    refused(Failure.READ_ONLY, send(RON));
  }

  @Test
  void whoJoinsAnEmptyChannelOwnsIt() {
    room = room(ConversationType.CHANNEL, 100);
    for (UserId user : List.of(ADAM, MIA, RON, OLGA)) {
      done(kick(user, user));
    }
    done(bring(EVE, EVE, Role.MEMBER));
    assertThat(room.members().owners()).isEqualTo(1);
    done(title(EVE, "Eve's"));
  }

  @Test
  void aFullConversationTakesNobodyInAndNobodyHasToGo() {
    room = room(ConversationType.CHANNEL, 5);
    done(bring(EVE, EVE, Role.MEMBER));
    refused(Failure.CONFLICT, bring(new UserId("dee"), new UserId("dee"), Role.MEMBER));
    refused(Failure.CONFLICT, bring(OLGA, new UserId("dee"), Role.MEMBER));
    done(update(OLGA, new ConversationPatch(null, null, null, null, null, 3)));
    done(send(EVE));
    done(kick(OLGA, MIA));
    refused(Failure.CONFLICT, bring(OLGA, MIA, Role.MEMBER));
  }

  @Test
  void aChangeSaysWhatIsNewAndNothingElse() {
    ConversationPatch patch =
        new ConversationPatch("Room", "Tea", "", 10, HistoryVisibility.JOINED, null);
    assertThat(done(update(ADAM, patch)).getJsonObject("conversation"))
        .isEqualTo(new JsonObject().put("topic", "Tea").put("slowModeSeconds", 10));
    assertThatThrownBy(() -> done(update(ADAM, patch))).isInstanceOf(NothingToDo.class);
  }

  @Test
  void slowModeHoldsBackMembersOnly() {
    done(update(OLGA, new ConversationPatch(null, null, null, 10, null, null)));
    done(send(MIA));
    done(send(ADAM));
    done(send(ADAM));
    clock.pass(4_000);
    assertThatThrownBy(() -> done(send(MIA)))
        .isInstanceOfSatisfying(
            FailureException.class,
            refused -> {
              assertThat(refused.failure()).isEqualTo(Failure.RATE_LIMITED);
              assertThat(refused.retryAfterMs()).isEqualTo(6_000);
              assertThat(refused.scope()).isEqualTo(Scope.CONVERSATION);
            });
    clock.pass(6_000);
    done(send(MIA));
    done(update(OLGA, new ConversationPatch(null, null, null, 0, null, null)));
    done(send(MIA));
    done(send(MIA));
  }

  @Test
  void nobodyAnswersWhatTheyMayNotRead() {
    done(bring(OLGA, EVE, Role.MEMBER));
    refused(Failure.BAD_REQUEST, reply(EVE, 2));
    done(reply(MIA, 3));
    done(update(OLGA, ConversationPatch.ofHistory(HistoryVisibility.ALL)));
    done(reply(EVE, 2));
  }

  private void refused(Failure failure, Draft draft) {
    assertThatThrownBy(() -> done(draft))
        .isInstanceOfSatisfying(
            FailureException.class, refused -> assertThat(refused.failure()).isEqualTo(failure));
  }

  /** The change as clients see it. */
  private JsonObject done(Draft draft) {
    draft.admit();
    changeSeq++;
    return new JsonObject(Buffer.buffer(draft.encode(changeSeq, 0, clock.millis())));
  }

  private Draft kick(UserId actor, UserId member) {
    return member(actor, member, MemberAction.LEAVE, null);
  }

  private Draft bring(UserId actor, UserId member, Role role) {
    return member(actor, member, MemberAction.JOIN, role);
  }

  private Draft role(UserId actor, UserId member, Role role) {
    return member(actor, member, MemberAction.CHANGE_ROLE, role);
  }

  private Draft member(UserId actor, UserId member, MemberAction action, Role role) {
    Profile profile = new Profile(member, member.value(), member.value());
    return new MemberDraft(new ChangeMember(ROOM, actor, profile, action, role), room);
  }

  private Draft title(UserId actor, String title) {
    return update(actor, ConversationPatch.ofTitle(title));
  }

  private Draft update(UserId actor, ConversationPatch patch) {
    return new UpdateDraft(new UpdateConversation(ROOM, actor, patch), room);
  }

  private Draft send(UserId user) {
    return message(user, null);
  }

  private Draft reply(UserId user, long to) {
    return message(user, new MessageId(ROOM, to).toString());
  }

  private Draft message(UserId user, String replyTo) {
    ClientMsgId id = new ClientMsgId("m" + changeSeq);
    return MessageDraft.of(
        new SendMessage(ROOM, user, new DeviceId("d"), id, new byte[] {'{', '}'}, replyTo),
        room,
        MessageSettings.defaults());
  }
}
