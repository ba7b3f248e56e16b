package chat.parley.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RightTest {
  @Test
  void theReadmeShowsTheSameTable() throws IOException {
    List<String> table = new ArrayList<>();
    table.add(line("", Stream.of(Role.values()).map(Role::wireName).toList()));
    table.add(line("---", Stream.of(Role.values()).map(role -> "---").toList()));
    for (Right right : Right.values()) {
      table.add(
          line(
              right.words(),
              Stream.of(Role.values()).map(role -> role.may(right) ? "yes" : "").toList()));
    }
    assertThat(Files.readString(Path.of("src/main/resources/web/README.md")))
        .contains(String.join("\n", table));
  }

  private static String line(String first, List<String> others) {
    return Stream.concat(Stream.of(first), others.stream())
        .map(cell -> cell.isEmpty() ? " " : " " + cell + " ")
        .collect(Collectors.joining("|", "|", "|"));
  }

  @Test
  void aHigherRoleMayWhateverALowerOneMay() {
    for (Right right : Right.values()) {
      for (Role role : Role.values()) {
        for (Role other : Role.values()) {
          if (role.isAbove(other) && other.may(right)) {
            assertThat(role.may(right)).as("%s, which %s may", right, other).isTrue();
          }
        }
      }
    }
  }
}
