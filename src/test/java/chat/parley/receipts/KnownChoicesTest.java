package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.model.ConversationId;
import chat.parley.model.ReceiptChoice;
import chat.parley.model.UserId;
import chat.parley.personal.PrivateReceipts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownChoicesTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ReceiptMoved ANNAS =
      new ReceiptMoved(ROOM, new UserId("anna"), ReceiptKind.READ, 7);
  private static final ReceiptMoved BERTS =
      new ReceiptMoved(ROOM, new UserId("bert"), ReceiptKind.DELIVERED, 7);

  private final FakeChoices stored = new FakeChoices();
  private final KnownChoices choices = new KnownChoices(stored, Clock.systemUTC());

  @Test
  void whoHidesTheirReceiptsIsNotTold() {
    stored.choose(ANNAS.userId(), true);
    assertThat(told()).containsExactly(BERTS);
    assertThat(told()).containsExactly(BERTS);
    assertThat(stored.reads).as("remembered").isEqualTo(2);
  }

  @Test
  void aNewChoiceHoldsFromTheMomentInWhichItIsHeardOf() {
    assertThat(told()).containsExactly(ANNAS, BERTS);
    stored.choose(ANNAS.userId(), true);

    choices.forget(ANNAS.userId());

    assertThat(told()).containsExactly(BERTS);
  }

  @Test
  void aReadThatBeganBeforeTheChoiceIsNotRemembered() {
    Promise<PrivateReceipts.Choices> slow = Promise.promise();
    stored.answers.put(ANNAS.userId(), slow.future());
    Future<List<ReceiptMoved>> before = choices.told(List.of(ANNAS));
    stored.choose(ANNAS.userId(), true);
    choices.forget(ANNAS.userId());
    slow.complete(PrivateReceipts.Choices.NONE);
    assertThat(before.result()).containsExactly(ANNAS);

    assertThat(told()).containsExactly(BERTS);
  }

  @Test
  void whileTheStoreIsAwayNobodyIsToldAndItIsAskedAgain() {
    stored.answers.put(ANNAS.userId(), Future.failedFuture("away"));
    assertThat(told()).containsExactly(BERTS);

    stored.choose(ANNAS.userId(), false);

    assertThat(told()).containsExactly(ANNAS, BERTS);
  }

  private List<ReceiptMoved> told() {
    return choices.told(List.of(ANNAS, BERTS)).result();
  }

  private static final class FakeChoices implements PrivateReceipts {
    private final Map<UserId, Future<Choices>> answers = new HashMap<>();
    private int reads;

    void choose(UserId user, boolean hidden) {
      answers.put(user, Future.succeededFuture(new Choices(hidden, Map.of())));
    }

    @Override
    public Future<Choices> of(UserId user) {
      reads++;
      return answers.getOrDefault(user, Future.succeededFuture(Choices.NONE));
    }

    @Override
    public Future<Void> everywhere(UserId user, boolean hidden) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> here(UserId user, ConversationId conversation, ReceiptChoice choice) {
      throw new UnsupportedOperationException();
    }
  }
}
