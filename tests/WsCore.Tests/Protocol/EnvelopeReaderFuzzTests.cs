using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>Damaged messages by the hundred thousand: never an exception, and never another verdict than JsonDocument's on what is JSON.</summary>
public sealed class EnvelopeReaderFuzzTests
{
    private const int TextRounds = 200_000;
    private const int Parts = 4; // each with its own random numbers, so that a run on any machine can be repeated
    private const int BinaryRounds = 50_000;

    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Set WSCORE_SEED to repeat a run.</summary>
    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("WSCORE_SEED"), out int seed) ? seed : Random.Shared.Next();

    [Fact]
    public void TryRead_DamagedText_NoExceptionAndTheVerdictOfJsonDocument()
    {
        byte[][] corpus = [.. EnvelopeCorpus.Text.Select(Encoding.UTF8.GetBytes)];
        int good = 0;
        int refused = 0;
        Parallel.For(0, Parts, part =>
        {
            Mutator mutator = new(new Random(_seed + part), corpus);
            for (int round = 0; round < TextRounds / Parts; round++)
            {
                byte[] bytes = mutator.Next();
                Check(bytes, part, round, () =>
                {
                    bool accepted = EnvelopeReader.TryRead(bytes, EnvelopeLimits.Default, out Envelope envelope, out EnvelopeFault fault);
                    AssertVerdict(bytes, accepted, fault);
                    AssertUsable(envelope, accepted);
                    Interlocked.Add(ref good, accepted ? 1 : 0);
                    Interlocked.Add(ref refused, !accepted && fault.Code != ErrorCodes.ParseError ? 1 : 0);
                });
            }
        });

        // A fuzz test that reaches only the first check tests nothing.
        Assert.True(good > TextRounds / 10, $"seed {_seed}: only {good} were good");
        Assert.True(refused > TextRounds / 20, $"seed {_seed}: only {refused} were refused by a rule");
    }

    [Fact]
    public void TryReadBinary_DamagedMessage_NoExceptionAndTheVerdictOfJsonDocument()
    {
        Mutator mutator = new(new Random(_seed), [.. EnvelopeCorpus.WithPayload.Select(json => Read.Binary(json, 0, 0xFF, (byte)'{'))]);
        for (int round = 0; round < BinaryRounds; round++)
        {
            byte[] bytes = mutator.Next();
            Check(bytes, 0, round, () =>
            {
                bool accepted = EnvelopeReader.TryReadBinary(bytes, EnvelopeLimits.Default, out Envelope envelope, out EnvelopeFault fault);
                int length = bytes.Length < 2 ? int.MaxValue - 2 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
                if (2 + length > bytes.Length)
                {
                    Assert.Equal(ErrorCodes.ParseError, fault.Code);
                    Assert.False(accepted);
                    return;
                }

                AssertVerdict(bytes.AsMemory(2, length), accepted, fault);
                AssertUsable(envelope, accepted);
            });
        }
    }

    private static void AssertVerdict(ReadOnlyMemory<byte> json, bool accepted, EnvelopeFault fault)
    {
        Assert.Equal(IsJson(json), accepted || fault.Code != ErrorCodes.ParseError);
        if (!accepted)
        {
            Read.AssertSentence(fault);
        }
    }

    /// <summary>What was read can be written: the id of every reply, and the message of a broadcast.</summary>
    private static void AssertUsable(in Envelope envelope, bool accepted)
    {
        if (!envelope.Id.IsEmpty && envelope.Type != MessageType.Ack)
        {
            ReadOnlyMemory<byte> id = envelope.Id;
            Written.By(writer => EnvelopeWriter.Pong(writer, id.Span, 1));
        }

        if (accepted && envelope.Type == MessageType.Broadcast)
        {
            MessageEnvelope message = new()
            {
                JsonRoom = Rooms(envelope),
                RawEvent = envelope.Event.Span,
                RawKey = envelope.Key.Span,
                Payload = envelope.Payload.Span,
                Binary = envelope.PayloadKind == PayloadKind.Binary,
            };
            byte[] written = new byte[message.Length];
            message.Write(written);
            Written.Parsed(message.Binary ? written.AsMemory(2, BinaryPrimitives.ReadUInt16BigEndian(written)) : DropPayload(written, message.Payload.Length));
        }
    }

    private static ReadOnlySpan<byte> Rooms(in Envelope envelope) =>
        WsCore.Rooms.RoomName.Create((envelope.HasRooms ? envelope.Rooms![0] : envelope.Room).Name.Span).Json.Span;

    /// <summary>The payload may have names twice, which the strict document would refuse.</summary>
    private static byte[] DropPayload(byte[] written, int payload) => [.. written[..^(payload + 1)], (byte)'0', (byte)'}'];

    /// <summary>JsonDocument does not look into strings for UTF-8, so that is asked first.</summary>
    private static bool IsJson(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, AnyDepth);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Check(byte[] bytes, int part, int round, Action check)
    {
        try
        {
            check();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {_seed}, part {part}, round {round}, message {Encoding.Latin1.GetString(bytes)} ({Convert.ToHexString(bytes)})", e);
        }
    }
}
