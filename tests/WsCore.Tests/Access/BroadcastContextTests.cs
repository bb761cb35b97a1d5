using System.Text;
using WsCore.Access;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Access;

public sealed class BroadcastContextTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly BroadcastContext _context;

    public BroadcastContextTests()
    {
        _context = new BroadcastContext(_node.Connect().Connection, "a", to: null, "line", Payload.FromText("x"));
    }

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("stored")]
    [InlineData("A")]
    [InlineData("_1")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void AddToAck_GoodName_IsAdded(string name)
    {
        _context.AddToAck(name, Payload.FromJson("[1]"));

        var (added, json) = Assert.Single(_context.Additions!);
        Assert.Equal((name, "[1]"), (Encoding.ASCII.GetString(added), Encoding.UTF8.GetString(json.Span)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("with-dash")]
    [InlineData("ü")]
    [InlineData("quote\"")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("type")]
    [InlineData("id")]
    [InlineData("room")]
    [InlineData("rooms")]
    [InlineData("results")]
    [InlineData("seq")]
    [InlineData("epoch")]
    [InlineData("duplicate")]
    [InlineData("code")]
    [InlineData("message")]
    [InlineData("retryAfter")]
    public void AddToAck_BadOrReservedName_Throws(string? name)
    {
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => _context.AddToAck(name!, Payload.FromText("x"))).ParamName);
        Assert.Null(_context.Additions);
    }

    [Fact]
    public void AddToAck_SameNameTwice_Throws()
    {
        _context.AddToAck("stored", Payload.FromJson("1"));
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => _context.AddToAck("stored", Payload.FromJson("2"))).ParamName);
        _context.AddToAck("Stored", Payload.FromJson("3")); // another name
        Assert.Equal(2, _context.Additions!.Count);
    }

    [Fact]
    public void AddToAck_NotJson_Throws()
    {
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => _context.AddToAck("a", default)).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => _context.AddToAck("a", Payload.FromBinary((byte[])[1]))).ParamName);
    }

    [Fact]
    public void Payload_Replaced_IsKnown()
    {
        Assert.False(_context.IsReplaced);
        _context.Payload = Payload.FromBinary((byte[])[1]);
        Assert.True(_context.IsReplaced);
        Assert.True(_context.Payload.IsBinary);
    }

    [Fact]
    public void Reply_NotJson_Throws()
    {
        var call = new CallContext(_context.Connection, "m", default);
        Assert.Throws<ArgumentException>(() => call.Reply(default));
        Assert.Throws<ArgumentException>(() => call.Reply(Payload.FromBinary((byte[])[1])));
        Assert.Null(call.Answer);
        call.Reply(Payload.FromJson("1"));
        Assert.NotNull(call.Answer);
    }
}
