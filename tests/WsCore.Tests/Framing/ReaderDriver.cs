using System.Buffers;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

/// <summary>
/// The owner's part: feeds a reader piece by piece, keeps what it left in the input, and writes down what it said, one line each.
/// </summary>
internal sealed class ReaderDriver(MessageLimits limits)
{
    private byte[] _left = [];
    private bool _faulted;

    public static MessageLimits RoomyLimits { get; } = new(1 << 20, 64);

    public MessageReader Reader { get; } = new(limits);

    public List<string> Events { get; } = [];

    /// <summary>Go on behind a fault, as an owner does that has sent its close frame.</summary>
    public bool DiscardAfterFault { get; init; }

    public int Left => _left.Length;

    public static List<string> Run(byte[] stream, MessageLimits? limits = null) => RunPieces([stream], limits);

    public static List<string> RunPieces(IEnumerable<byte[]> pieces, MessageLimits? limits = null, bool discard = false)
    {
        var driver = new ReaderDriver(limits ?? RoomyLimits) { DiscardAfterFault = discard };
        foreach (var piece in pieces)
        {
            driver.Feed(piece);
        }

        return driver.Events;
    }

    public static string Said(ReadStatus status, ReadOnlySpan<byte> payload) => $"{status} {Convert.ToHexString(payload)}";

    public static string Closed(ushort code, string reason = "") => $"Close {code} {reason}";

    public static string Faulted(ushort code, string reason) => $"Fault {code} {reason}";

    public void Feed(ReadOnlySpan<byte> piece) => Feed(new ReadOnlySequence<byte>((byte[])[.. _left, .. piece]));

    public void FeedSegments(byte[] piece, int segmentSize) => Feed(Sequences.Split([.. _left, .. piece], segmentSize));

    private void Feed(ReadOnlySequence<byte> input)
    {
        ReadStatus status;
        while ((status = Reader.Read(ref input)) != ReadStatus.NeedMore)
        {
            if (status == ReadStatus.Fault && _faulted)
            {
                Assert.False(DiscardAfterFault, "a fault while discarding");
                break; // it repeats itself: said once is enough
            }

            Events.Add(Describe(status));
            Reader.Release();
            if (status == ReadStatus.Fault)
            {
                _faulted = true;
                if (!DiscardAfterFault)
                {
                    break;
                }

                Reader.Discard();
            }
        }

        _left = input.ToArray();
    }

    private string Describe(ReadStatus status) => status switch
    {
        ReadStatus.Close => Closed(Reader.CloseCode, Reader.CloseReason),
        ReadStatus.Fault => Faulted(Reader.Fault.CloseCode, Reader.Fault.Reason),
        _ => Said(status, Reader.Payload.Span),
    };
}
