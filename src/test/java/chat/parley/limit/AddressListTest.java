package chat.parley.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressListTest {
  @Test
  void addressesAreFoundByTheirRange() {
    AddressList list = AddressList.of(List.of("10.0.0.0/8", "192.0.2.7", "2001:db8::/32"));

    for (String in : List.of("10.1.2.3", "192.0.2.7", "2001:db8:1::5", "::ffff:10.1.2.3")) {
      assertThat(list.has(AddressList.parse(in))).as(in).isTrue();
    }
    for (String out : List.of("11.0.0.1", "192.0.2.8", "2001:db9::1", "::1")) {
      assertThat(list.has(AddressList.parse(out))).as(out).isFalse();
    }
  }

  @Test
  void loopbackIsThisMachineInBothFamiliesAndNoneIsNobody() {
    AddressList loopback = AddressList.of(List.of(AddressList.LOOPBACK));

    assertThat(loopback.has(AddressList.parse("127.8.9.1"))).isTrue();
    assertThat(loopback.has(AddressList.parse("::1"))).isTrue();
    assertThat(loopback.has(AddressList.parse("128.0.0.1"))).isFalse();
    assertThat(AddressList.of(List.of("none")).has(AddressList.parse("127.0.0.1"))).isFalse();
  }

  @Test
  void whatIsNoAddressIsRefusedAndNeverLookedUp() {
    for (String wrong : List.of("localhost", "10.0.0.0/33", "10.0.0/8", "::/129", "1.2.3.4/x")) {
      assertThatThrownBy(() -> AddressList.of(List.of(wrong)))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
