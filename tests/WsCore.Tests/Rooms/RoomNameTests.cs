using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using WsCore.Rooms;
using WsCore.TestKit.Measure;

namespace WsCore.Tests.Rooms;

public sealed class RoomNameTests
{
    [Theory]
    [InlineData("lobby", "default")]
    [InlineData("chat:1", "chat")]
    [InlineData("chat:a:b", "chat")]
    [InlineData("chat::", "chat")]
    [InlineData("user:42", "user")]
    [InlineData("default", "default")]
    [InlineData("a-9:ä 😀", "a-9")]
    [InlineData("-:x", "-")]
    [InlineData("Großer Raum", "default")]
    [InlineData("12345678901234567890123456789012:x", "12345678901234567890123456789012")]
    public void TryParse_GoodName_Namespace(string text, string expected)
    {
        RoomName name = Parse(text);

        Assert.Equal(expected, name.Namespace);
        Assert.Equal(text, name.Text);
        Assert.Equal(text, name.ToString());
        Assert.Equal(Encoding.UTF8.GetBytes(text), name.Utf8.ToArray());
        Assert.Equal(text.StartsWith("user:", StringComparison.Ordinal), name.IsPersonal);
    }

    [Theory]
    [InlineData("", "'room' must be a string of 1 to 255 bytes of UTF-8.")]
    [InlineData("a\tb", "'room' must not contain control characters.")]
    [InlineData("\0", "'room' must not contain control characters.")]
    [InlineData("a\u007F", "'room' must not contain control characters.")]
    [InlineData("\u0080", "'room' must not contain control characters.")]
    [InlineData("\u009F", "'room' must not contain control characters.")]
    [InlineData("chat:", "'room' must have something after the colon of its namespace.")]
    [InlineData("default:x", "'room' must not begin with default: – rooms of the default namespace are written without a prefix.")]
    [InlineData("default:", "'room' must not begin with default: – rooms of the default namespace are written without a prefix.")]
    public void TryParse_BadName_Sentence(string text, string sentence)
    {
        Assert.False(RoomName.TryParse(Encoding.UTF8.GetBytes(text), out _, out string? problem));
        Assert.Equal(sentence, problem);
        Assert.False(RoomName.TryParse(text, out _, out problem));
        Assert.Equal(sentence, problem);
        Assert.Throws<ArgumentException>(() => RoomName.Create(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("Chat:1")]
    [InlineData("Hello World:x")]
    [InlineData(":x")]
    [InlineData(":")]
    [InlineData("a_b:x")]
    [InlineData("chät:x")]
    [InlineData("123456789012345678901234567890123:x")]
    public void TryParse_PrefixThatIsNoNamespace_Refused(string text)
    {
        Assert.False(RoomName.TryParse(text, out _, out string? problem));
        Assert.Equal("'room' contains a colon, so what stands before the first one must be a namespace: 1 to 32 of a-z, 0-9 and '-'.", problem);
    }

    [Theory]
    [InlineData("a\u00A0b")]
    [InlineData("\u00C2")]
    [InlineData("â\u2028")]
    public void TryParse_NeighboursOfControlCharacters_Good(string text) => Assert.Equal(text, Parse(text).Text);

    [Fact]
    public void TryParse_Length_IsCountedInBytes()
    {
        Assert.True(RoomName.IsValid(Encoding.UTF8.GetBytes(new string('ä', 127) + "a"), out _));
        Assert.False(RoomName.IsValid(Encoding.UTF8.GetBytes(new string('ä', 128)), out _));
    }

    [Fact]
    public void TryParse_NotUnicode_Refused()
    {
        Assert.False(RoomName.IsValid([0xFF], out string? problem));
        Assert.Equal("'room' must be valid UTF-8.", problem);
        Assert.False(RoomName.TryParse("\uD800", out _, out problem));
        Assert.Equal("'room' must be valid UTF-8.", problem);
    }

    [Fact]
    public void Json_NameThatNeedsEscapes_IsTheContentOfAString()
    {
        Assert.Equal("a\\\"b\\\\c", Encoding.UTF8.GetString(Parse("a\"b\\c").Json.Span));
        Assert.Equal("ä<&'漢", Encoding.UTF8.GetString(Parse("ä<&'漢").Json.Span));
        Assert.Equal("😀", JsonSerializer.Deserialize<string>("\"" + Encoding.UTF8.GetString(Parse("😀").Json.Span) + "\""));
    }

    [Fact]
    public void Personal_User_IsTheirRoom()
    {
        Assert.Equal("user:Jörg:2", RoomName.Personal("Jörg:2").Text);
        Assert.Equal(RoomName.Personal("42"), RoomName.Personal("42"u8));
        Assert.True(RoomName.Personal("42").IsPersonal);
        Assert.Equal(255, RoomName.Personal(new string('u', RoomName.MaxUserBytes)).Utf8.Length);
        Assert.Throws<ArgumentException>(() => RoomName.Personal(new string('u', RoomName.MaxUserBytes + 1)));
        Assert.Throws<ArgumentException>(() => RoomName.Personal(""));
        Assert.Throws<ArgumentException>(() => RoomName.Personal("a\nb"));
    }

    [Fact]
    public void Equals_SameBytes_Equal()
    {
        Assert.Equal(Parse("chat:1"), Parse("chat:1"));
        Assert.Equal(Parse("chat:1").GetHashCode(), Parse("chat:1").GetHashCode());
        Assert.NotEqual(Parse("chat:1"), Parse("chat:2"));
        Assert.NotEqual(Parse("\u00E4"), Parse("a\u0308"));
        Assert.False(Parse("a").Equals(null));
    }

    [Fact]
    public void Comparer_LookupByBytes_FindsTheRoomWithoutAllocating()
    {
        ConcurrentDictionary<RoomName, string> rooms = new(RoomNameComparer.Instance) { [Parse("chat:1")] = "found" };
        ConcurrentDictionary<RoomName, string>.AlternateLookup<ReadOnlySpan<byte>> lookup = rooms.GetAlternateLookup<ReadOnlySpan<byte>>();

        Assert.True(lookup.TryGetValue("chat:1"u8, out string? room));
        Assert.Equal("found", room);
        Assert.False(lookup.TryGetValue("chat:2"u8, out _));
        Assert.False(lookup.TryGetValue("\xFF not even a name"u8, out _));
        Assert.True(lookup.TryAdd("chat:3"u8, "added"));
        Assert.Equal("added", rooms[Parse("chat:3")]);

        bool found = true;
        Assert.Equal(0, Allocations.Least(100, () => found &= lookup.TryGetValue("chat:1"u8, out _) && RoomName.IsValid("chat:1"u8, out _)));
        Assert.True(found);
    }

    private static RoomName Parse(string text)
    {
        Assert.True(RoomName.TryParse(text, out RoomName? name, out string? problem), problem);
        return name;
    }
}
