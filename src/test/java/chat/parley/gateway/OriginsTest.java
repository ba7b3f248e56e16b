package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OriginsTest {
  private final Origins origins = new Origins(List.of("https://chat.example", "http://dev:3000"));

  @Test
  void allowsProgramsAndTheServersOwnPages() {
    assertThat(origins.allows(null, "127.0.0.1:8080")).isTrue();
    assertThat(origins.allows("http://127.0.0.1:8080", "127.0.0.1:8080")).isTrue();
    assertThat(origins.allows("https://here.example", "here.example")).isTrue();
    assertThat(origins.allows("https://here.example", "HERE.example:443")).isTrue();
  }

  @Test
  void allowsWhatIsListed() {
    assertThat(origins.allows("https://CHAT.example", "other:1")).isTrue();
    assertThat(origins.allows("https://chat.example:443", "other:1")).isTrue();
    assertThat(origins.allows("http://dev:3000", "other:1")).isTrue();
    assertThat(new Origins(List.of("*")).allows("https://evil.example", "other:1")).isTrue();
  }

  @Test
  void refusesEverythingElse() {
    for (String origin :
        List.of(
            "https://evil.example",
            "http://chat.example",
            "https://chat.example.evil.example",
            "https://chat.example:8443",
            "http://127.0.0.1:8081",
            "null",
            "",
            "127.0.0.1:8080",
            "file://127.0.0.1:8080")) {
      assertThat(origins.allows(origin, "127.0.0.1:8080")).as(origin).isFalse();
    }
    assertThat(origins.allows("http://127.0.0.1:8080", null)).isFalse();
  }
}
