package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeyTest {
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef+?".getBytes();

  @TempDir Path folder;

  @Test
  void readsHexAndBothBase64s() throws Exception {
    assertThat(load(HexFormat.of().formatHex(SECRET)).bytes()).isEqualTo(SECRET);
    assertThat(load(Base64.getEncoder().encodeToString(SECRET) + "\n").bytes()).isEqualTo(SECRET);
    assertThat(load(" " + Base64.getUrlEncoder().encodeToString(SECRET)).bytes()).isEqualTo(SECRET);
  }

  @Test
  void namesTheFileAndTheFaultButNotTheContent() throws Exception {
    refused("", "is empty");
    refused(" \n", "is empty");
    refused("not a key!", "neither hex nor base64");
    refused("c2hvcnQ=", "5 bytes");
    refused("ab".repeat(31), "31 bytes");
    refused("a".repeat(9_000), "too large");
    assertThatThrownBy(() -> SigningKey.load(folder.resolve("nowhere")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> SigningKey.load(null)).hasMessageContaining("no signing key");
    assertThatThrownBy(() -> SigningKey.load(folder)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void makesAKeyOnceAndForItsOwnerOnly() throws Exception {
    Path file = folder.resolve("secrets/signing-key");
    byte[] made = SigningKey.createIfMissing(file).bytes();

    assertThat(made).hasSize(32);
    assertThat(SigningKey.createIfMissing(file).bytes()).isEqualTo(made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void neverPrintsItself() throws Exception {
    assertThat(load("ab".repeat(32)).toString()).doesNotContain("ab".repeat(4));
  }

  private void refused(String content, String fault) {
    assertThatThrownBy(() -> load(content))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder.resolve("key").toString())
        .hasMessageContaining(fault)
        .message()
        .satisfies(
            message -> assertThat(content.length() > 4 && message.contains(content)).isFalse());
  }

  private SigningKey load(String content) throws Exception {
    Path file = folder.resolve("key");
    Files.writeString(file, content);
    return SigningKey.load(file);
  }
}
