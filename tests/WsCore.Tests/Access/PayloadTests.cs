using System.Text;
using System.Text.Json.Serialization.Metadata;
using WsCore.Access;

namespace WsCore.Tests.Access;

public sealed class PayloadTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData(" { \"a\" : [ 1 , 2 ] } ")]
    [InlineData("[]")]
    public void FromJson_OneValue_IsKeptAsItIs(string json)
    {
        var payload = Payload.FromJson(json);

        Assert.False(payload.IsBinary);
        Assert.Equal(json, Encoding.UTF8.GetString(payload.Bytes.Span));
        Assert.Equal(json, payload.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 2")]
    [InlineData("{}{}")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("// comment\n1")]
    [InlineData("{\"a\":1}x")]
    [InlineData("'a'")]
    [InlineData("NaN")]
    [InlineData("\uFEFF1")]
    public void FromJson_Anything_Else_Throws(string json) =>
        Assert.Equal("utf8", Assert.Throws<ArgumentException>(() => Payload.FromJson(json)).ParamName);

    [Fact]
    public void FromJson_NotUtf8_Throws()
    {
        // Utf8JsonReader does not look into strings, but every receiver would: RFC 6455 8.1 makes it fail the connection.
        Assert.Throws<ArgumentException>(() => Payload.FromJson((byte[])[(byte)'"', 0xFF, (byte)'"']));
        Assert.Throws<ArgumentException>(() => Payload.FromJson((byte[])[(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'])); // a surrogate
    }

    [Fact]
    public void FromJson_NestedDeeperThanAnEnvelopeMayBe_Throws()
    {
        _ = Payload.FromJson(new string('[', 31) + new string(']', 31));
        Assert.Throws<ArgumentException>(() => Payload.FromJson(new string('[', 32) + new string(']', 32)));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("quote \" and \\ and \n and ü and 😀 and </script>")]
    [InlineData("")]
    public void FromText_IsAJsonString(string text)
    {
        var contract = (JsonTypeInfo<string>)System.Text.Json.JsonSerializerOptions.Default.GetTypeInfo(typeof(string));
        Assert.Equal(text, Payload.FromText(text).Deserialize(contract));
        Assert.Equal(text, Payload.From(text, contract).Deserialize(contract));
        _ = Payload.FromJson(Payload.FromText(text).Bytes);
    }

    [Fact]
    public void Binary_HasNoJson()
    {
        var payload = Payload.FromBinary((byte[])[1, 2, 3]);
        Assert.True(payload.IsBinary);
        Assert.Equal("3 bytes", payload.ToString());
        Assert.Throws<InvalidOperationException>(() => payload.Deserialize((JsonTypeInfo<int>)System.Text.Json.JsonSerializerOptions.Default.GetTypeInfo(typeof(int))));
    }
}
