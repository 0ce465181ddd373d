package dev.promptlab.redis;

import java.util.List;

import dev.promptlab.redis.RedisUrl.Host;
import dev.promptlab.redis.RedisUrl.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RedisUrlTest {
    @Test
    void readsOneServer() {
        assertThat(RedisUrl.parse("redis://localhost")).isEqualTo(new RedisUrl(Kind.STANDALONE, false, null, null,
                List.of(new Host("localhost", 6379)), 0, null, null));
        assertThat(RedisUrl.parse("rediss://us%40er:p%2Fa+ss@[::1]:7000/3")).isEqualTo(new RedisUrl(Kind.STANDALONE,
                true, "us@er", "p/a+ss", List.of(new Host("::1", 7000)), 3, null, null));
        assertThat(RedisUrl.parse("redis://:secret@my_redis:6380/").password()).isEqualTo("secret");
    }

    @Test
    void readsSeveralHostsAsACluster() {
        var url = RedisUrl.parse("redis://a:7000,b,c:7002");
        assertThat(url.kind()).isEqualTo(Kind.CLUSTER);
        assertThat(url.hosts()).containsExactly(new Host("a", 7000), new Host("b", 6379), new Host("c", 7002));
        assertThat(RedisUrl.parse("rediss://a?cluster=true").kind()).isEqualTo(Kind.CLUSTER);
    }

    @Test
    void readsSentinels() {
        var url = RedisUrl.parse("rediss-sentinel://:secret@a,b:5000/2#my-master?not-a-query");
        assertThat(url.master()).isEqualTo("my-master?not-a-query");
        assertThat(RedisUrl.parse("redis-sentinel://:secret@a,b:5000/2?sentinelPassword=x%26y#main"))
                .isEqualTo(new RedisUrl(Kind.SENTINEL, false, null, "secret",
                        List.of(new Host("a", 26_379), new Host("b", 5000)), 2, "main", "x&y"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"redis://:hidden@localhost:6379|redis://localhost:6379",
            "rediss://user:hidden@[::1]/2|rediss://[::1]:6379/2",
            "redis://:hidden@a,b:1|redis://a:6379,b:1 (Cluster)",
            "redis-sentinel://:hidden@a/0?sentinelPassword=hidden#main|redis-sentinel://a:26379#main"})
    void printsWithoutThePassword(String url, String printed) {
        assertThat(RedisUrl.parse(url)).hasToString(printed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"http://a|must look like redis://",
            "redis:a|must look like redis://",
            "a:6379|must look like redis://",
            "redis://:hid den@a|is not a URL",
            "redis://hidden@a|no password before the @",
            "redis://user:@a|no password before the @",
            "redis://a:0|each host must look like host or host:6379",
            "redis://a:70000|each host must look like",
            "redis://a,,b|each host must look like",
            "redis-sentinel://a:b#main|host:26379",
            "redis://a/x|must be the number of a database",
            "redis://a,b/1|a Cluster has only database 0",
            "redis://a#main|only redis-sentinel:// takes a name",
            "redis-sentinel://a|name the master",
            "redis://a?timeout=5|only cluster=true and",
            "redis://a?sentinelPassword=hidden|goes with redis-sentinel://",
            "redis-sentinel://a?cluster=true#main|goes with"})
    void saysWhatIsWrongAndNoPassword(String url, String message) {
        assertThatThrownBy(() -> RedisUrl.parse(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message).hasMessageContaining("REDIS_URL").hasMessageNotContaining("hidden");
    }
}
