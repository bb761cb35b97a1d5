using WsCore.Client.Inbox;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Inbox;

/// <summary>The memory of reliable messages is bounded by time and by number.</summary>
public sealed class HandledMessagesTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly HandledMessages _messages;

    public HandledMessagesTests() => _messages = new HandledMessages(_clock);

    [Fact]
    public void Handled_IsRememberedForMinutes()
    {
        _messages.Await("r1");
        Assert.Equal((true, false), (_messages.IsKnown("r1"), _messages.IsHandled("r1")));
        _messages.Handle("r1");
        _clock.Advance(TimeSpan.FromMinutes(4));
        _messages.Handle("r2");
        _clock.Advance(TimeSpan.FromSeconds(59));
        _messages.Handle("r3");
        Assert.True(_messages.IsHandled("r1"));

        _clock.Advance(TimeSpan.FromSeconds(2));
        _messages.Handle("r4");
        Assert.False(_messages.IsKnown("r1"));
        Assert.True(_messages.IsHandled("r2"));
    }

    [Fact]
    public void TooManyHandled_ForgetsTheOldest()
    {
        for (var i = 0; i <= HandledMessages.MaxHandled; i++)
        {
            _messages.Handle($"r{i}");
        }

        Assert.False(_messages.IsKnown("r0"));
        Assert.True(_messages.IsHandled("r1"));
    }
}
