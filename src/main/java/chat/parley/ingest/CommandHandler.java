package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.Amend;
import chat.parley.bus.IngestMessages.ChangeAccepted;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.Command;
import chat.parley.bus.IngestMessages.ConversationCreated;
import chat.parley.bus.IngestMessages.CreateConversation;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.IngestMessages.Heads;
import chat.parley.bus.IngestMessages.HeadsQuery;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.Moving;
import chat.parley.bus.IngestMessages.MovingQuery;
import chat.parley.bus.IngestMessages.Profile;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.UpdateConversation;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.event.Change;
import chat.parley.ingest.Drafts.MessageDraft;
import chat.parley.ingest.Drafts.NothingToDo;
import chat.parley.log.Appended;
import chat.parley.log.Draft;
import chat.parley.log.LogHead;
import chat.parley.log.OpenConversation;
import chat.parley.log.OwnedLog;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.MessageId;
import chat.parley.model.Position;
import chat.parley.model.Role;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Carries out the commands of {@link IngestMessages} for the conversations that this node owns. */
final class CommandHandler {
  private final OwnedLog log;
  private final Conversations conversations;
  private final ChannelNames names;
  private final LimitSettings limits;
  private final MessageSettings settings;
  private final SizeSettings sizes;
  private final MessageAmender amender;
  private final Pace.Rules pace;
  private final Clock clock;

  CommandHandler(
      OwnedLog log,
      Conversations conversations,
      ChannelNames names,
      LimitSettings limits,
      MessageSettings settings,
      SizeSettings sizes,
      MessageAmender amender,
      Pace.Rules pace,
      Clock clock) {
    this.log = log;
    this.conversations = conversations;
    this.names = names;
    this.limits = limits;
    this.settings = settings;
    this.sizes = sizes;
    this.amender = amender;
    this.pace = pace;
    this.clock = clock;
  }

  /**
   * Answers a command once it is durable, or fails with {@link FailureException}. What is refused
   * for good is refused by an owner that was not taken over meanwhile: the next one may know of a
   * join that this one does not.
   */
  Future<IngestMessages> handle(IngestMessages message) {
    return answer(message)
        .recover(
            cause ->
                message instanceof Command command && isForGood(cause)
                    ? log.confirm(command.conversationId())
                        .compose(owner -> Future.failedFuture(cause))
                    : Future.failedFuture(cause));
  }

  private static boolean isForGood(Throwable cause) {
    return cause instanceof FailureException refusal && !refusal.failure().retryable();
  }

  private Future<IngestMessages> answer(IngestMessages message) {
    if (message instanceof SendMessage send) {
      return send(send).map(accepted -> accepted);
    }
    if (message instanceof Amend amend) {
      return open(amend.conversationId())
          .compose(open -> amender.amend(amend, open))
          .map(amended -> amended);
    }
    if (message instanceof HeadsQuery query) {
      return heads(query).map(heads -> heads);
    }
    if (message instanceof MovingQuery query) {
      return moving(query).map(moving -> moving);
    }
    if (message instanceof ChangeMember change) {
      return change(change.conversationId(), state -> new MemberDraft(change, state));
    }
    if (message instanceof UpdateConversation update) {
      return change(update.conversationId(), state -> new UpdateDraft(update, state));
    }
    if (message instanceof CreateConversation create) {
      return create(create).map(created -> created);
    }
    return Future.failedFuture(
        new FailureException(Failure.BAD_REQUEST, "not a command for the log"));
  }

  private Future<MessageAccepted> send(SendMessage send) {
    return open(send.conversationId())
        .compose(open -> open.append(MessageDraft.of(send, open.attachment(), settings)))
        .map(
            appended -> {
              Change change = appended.change();
              return new MessageAccepted(
                  new MessageId(change.conversationId(), change.changeSeq()).toString(),
                  change.seq(),
                  change.changeSeq(),
                  change.committedAt(),
                  appended.durability(),
                  appended.replayed());
            });
  }

  private Future<IngestMessages> change(
      ConversationId conversation, Function<ConversationState, Draft> draft) {
    return open(conversation)
        .compose(
            open ->
                open.append(draft.apply(open.attachment()))
                    .map(CommandHandler::accepted)
                    .recover(
                        cause ->
                            unlessNothingToDo(open, cause)
                                .compose(same -> log.head(conversation))
                                .map(CommandHandler::unchanged)));
  }

  /** It is so already: by a change, perhaps, that is not durable yet. */
  private static Future<Void> unlessNothingToDo(OpenConversation<?> open, Throwable cause) {
    return cause instanceof NothingToDo ? open.acknowledged() : Future.failedFuture(cause);
  }

  private static IngestMessages accepted(Appended appended) {
    return new ChangeAccepted(appended.change().changeSeq(), appended.change().seq(), true);
  }

  private static IngestMessages unchanged(Position head) {
    return new ChangeAccepted(head.changeSeq(), head.seq(), false);
  }

  private Future<Heads> heads(HeadsQuery query) {
    List<Head> heads = new ArrayList<>();
    List<Future<Void>> asked = new ArrayList<>();
    for (ConversationId conversation : query.conversationIds()) {
      asked.add(
          log.sizedHead(conversation)
              .onSuccess(at -> heads.add(head(conversation, at)))
              .mapEmpty());
    }
    return Future.join(asked)
        .transform(
            done ->
                asked.size() == 1 && isUnavailable(done.cause())
                    ? Future.failedFuture(done.cause()) // whoever asks for it alone need not wait
                    : Future.succeededFuture(new Heads(heads)));
  }

  private static boolean isUnavailable(Throwable cause) {
    return cause != null && FailureException.isAnyOf(cause, Failure.UNAVAILABLE);
  }

  private static Head head(ConversationId conversation, LogHead at) {
    return new Head(conversation, at.position().changeSeq(), at.position().seq(), at.large());
  }

  private Future<Moving> moving(MovingQuery query) {
    List<Head> heads = new ArrayList<>();
    List<ConversationId> resting = new ArrayList<>();
    List<Future<Void>> asked = new ArrayList<>();
    for (ConversationId conversation : query.conversationIds()) {
      asked.add(
          log.headUnlessResting(conversation)
              .<Void>map(
                  head -> {
                    head.ifPresentOrElse(
                        at -> heads.add(head(conversation, at)), () -> resting.add(conversation));
                    return null;
                  }));
    }
    return Future.join(asked)
        .transform(
            done -> Future.succeededFuture(new Moving(heads, resting, log.restingAfterMs())));
  }

  private Future<ConversationCreated> create(CreateConversation create) {
    if (create.members().size() > limits.maxMembers()) {
      return Future.failedFuture(
          new FailureException(
              Failure.CONFLICT,
              "a conversation may have at most %d members".formatted(limits.maxMembers())));
    }
    Conversation conversation =
        new Conversation(
            create.conversationId(),
            create.type(),
            create.title(),
            create.creator(),
            clock.millis(),
            create.ackMode(),
            ConversationSettings.NONE);
    return conversations
        .create(conversation)
        .compose(
            created ->
                (switch (create.type()) {
                      case DM -> recordPair(create);
                      case GROUP -> furnish(create);
                      case CHANNEL -> openToAll(create).compose(open -> furnish(create));
                    })
                    .map(done -> new ConversationCreated(create.conversationId(), created)));
  }

  /**
   * Before anybody is in it: what a channel is made with is no change of its log. Without a title
   * nobody finds it until it gets one, but whoever knows its id may join.
   */
  private Future<Void> openToAll(CreateConversation create) {
    return Future.all(
            conversations.update(
                create.conversationId(), ConversationPatch.ofHistory(HistoryVisibility.ALL), 0),
            create.title() == null
                ? Future.succeededFuture()
                : names.add(create.conversationId(), create.title()))
        .mapEmpty();
  }

  /** Also where the dm was there: its maker may have died between making it and this. */
  private Future<Void> recordPair(CreateConversation create) {
    return conversations.recordPair(
        create.conversationId(), create.members().stream().map(Profile::userId).toList());
  }

  /** The first members, and then what else was asked for. */
  private Future<Void> furnish(CreateConversation create) {
    return open(create.conversationId())
        .compose(
            open -> {
              List<Future<Appended>> changes = new ArrayList<>();
              for (Profile member : create.members()) {
                changes.add(appendOnce(open, firstMember(create, member, open.attachment())));
              }
              if (!create.settings().isEmpty()) {
                UpdateConversation update =
                    new UpdateConversation(
                        create.conversationId(), create.creator(), create.settings());
                changes.add(appendOnce(open, new UpdateDraft(update, open.attachment())));
              }
              return Future.all(changes).mapEmpty();
            });
  }

  private static Draft firstMember(
      CreateConversation create, Profile member, ConversationState state) {
    Role role = member.userId().equals(create.creator()) ? Role.OWNER : Role.MEMBER;
    return new FirstMemberDraft(create.conversationId(), create.creator(), member, role, state);
  }

  private static Future<Appended> appendOnce(
      OpenConversation<ConversationState> open, Draft draft) {
    return open.append(draft).recover(cause -> unlessNothingToDo(open, cause).mapEmpty());
  }

  private Future<OpenConversation<ConversationState>> open(ConversationId conversation) {
    Optional<AckMode> known = log.modeInMemory(conversation);
    if (known.isPresent()) {
      return log.open(conversation, known.get(), () -> load(conversation));
    }
    // Looked for before it is opened: a name that was made up leaves no trace.
    return conversations
        .find(conversation)
        .compose(
            found ->
                found.isPresent()
                    ? log.open(conversation, found.get().ackMode(), () -> load(conversation))
                    : Future.failedFuture(noSuchConversation()));
  }

  /**
   * What is known of a conversation, for as long as it is in memory. A dm that is only just being
   * made has nobody in it, and no change of the log will say who comes: fails with NOT_FOUND then,
   * so that this is not what is remembered of it. There is nobody yet to whom more could be said.
   */
  private Future<ConversationState> load(ConversationId conversation) {
    return Future.all(conversations.find(conversation), conversations.members(conversation))
        .compose(
            both -> {
              Conversation found = both.<Optional<Conversation>>resultAt(0).orElseThrow();
              Members members = both.resultAt(1);
              return found.type() == ConversationType.DM && members.count() == 0
                  ? Future.failedFuture(noSuchConversation())
                  : Future.succeededFuture(
                      new ConversationState(found, members, limits, sizes, new Pace(pace)));
            });
  }

  private static FailureException noSuchConversation() {
    return new FailureException(Failure.NOT_FOUND, "no such conversation");
  }
}
