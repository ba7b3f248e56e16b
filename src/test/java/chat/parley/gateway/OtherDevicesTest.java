package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Addresses;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverInbox;
import chat.parley.bus.DeliveryMessages.DeliverReads;
import chat.parley.bus.InboxMessages;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.ReadMoved;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtherDevicesTest {
  private static final UserId ANN = new UserId("ann");
  private static final DeviceId PHONE = new DeviceId("phone");

  private final BlockingQueue<Promise<InboxMessages>> questions = new LinkedBlockingQueue<>();
  private GatewayFixture fixture;
  private SocketClient laptop;

  @BeforeEach
  void begin() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    GatewayFixture.join(
        fixture.bus.answer(
            Addresses.INBOX,
            asked -> {
              Promise<InboxMessages> answer = Promise.promise();
              questions.add(answer);
              return answer.future();
            }));
    fixture.enter("ann", "phone");
    laptop = fixture.enter("ann", "laptop");
  }

  @AfterEach
  void end() throws Exception {
    fixture.close();
  }

  @Test
  void anAnswerThatANewerSettingHasOvertakenIsNotTold() throws Exception {
    read(5);
    Promise<InboxMessages> older = question();
    tell(new DeliverInbox(ANN, PHONE, state(0, true)));
    assertThat(told().getBoolean("archived")).isTrue();

    older.complete(state(5, false));

    question().complete(state(5, true));
    JsonObject last = told();
    assertThat(last.getBoolean("archived")).isTrue();
    assertThat(last.getLong("readSeq")).isEqualTo(5);
  }

  @Test
  void aConversationIsAskedAboutOnceAtATime() throws Exception {
    read(5);
    Promise<InboxMessages> first = question();
    read(6);
    read(7);
    first.complete(state(5, false));
    assertThat(told().getLong("readSeq")).isEqualTo(5);

    question().complete(state(7, false));
    assertThat(told().getLong("readSeq")).isEqualTo(7);
    assertThat(questions).isEmpty();
  }

  private void read(long seq) {
    tell(new DeliverReads(List.of(new ReadMoved(ANN, PHONE, GatewayFixture.ROOM, seq))));
  }

  private void tell(DeliveryMessages message) {
    fixture.bus.send(Addresses.gateway(GatewayFixture.NODE), message);
  }

  private Promise<InboxMessages> question() throws InterruptedException {
    Promise<InboxMessages> question =
        questions.poll(SocketClient.DEADLINE_MS, TimeUnit.MILLISECONDS);
    assertThat(question).as("a question").isNotNull();
    return question;
  }

  private JsonObject told() throws InterruptedException {
    return laptop.next("inbox.updated");
  }

  private static InboxState state(long readSeq, boolean archived) {
    return new InboxState(GatewayFixture.ROOM, 0, 0, readSeq, 0, archived, -1, null);
  }
}
