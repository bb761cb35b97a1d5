using System.Buffers.Text;
using WsCore.Buffers;

namespace WsCore.Protocol;

/// <summary>Puts the properties of an object and the commas between them into a buffer; allocates nothing of its own.</summary>
/// <remarks>
/// Names are given as they are written, without quotes, and are literals of this project, which need no escape. The caller
/// closes what it opens. One flag is enough for the commas: after an opening bracket none is due, after anything else one is.
/// </remarks>
internal struct JsonObjectWriter
{
    private readonly PooledBufferWriter _writer;
    private bool _comma;

    public JsonObjectWriter(PooledBufferWriter writer)
    {
        _writer = writer;
        _comma = false;
    }

    public void Open(byte bracket)
    {
        Comma();
        _writer.WriteByte(bracket);
        _comma = false;
    }

    public void Open(ReadOnlySpan<byte> name, byte bracket)
    {
        Name(name);
        _writer.WriteByte(bracket);
        _comma = false;
    }

    public void Close(byte bracket)
    {
        _writer.WriteByte(bracket);
        _comma = true;
    }

    /// <param name="name">The property.</param>
    /// <param name="content">The content of a JSON string, escaped already.</param>
    public void Content(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Name(name);
        _writer.WriteByte((byte)'"');
        _writer.Write(content);
        _writer.WriteByte((byte)'"');
    }

    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<char> text)
    {
        Name(name);
        _writer.WriteByte((byte)'"');
        JsonText.Write(_writer, text);
        _writer.WriteByte((byte)'"');
    }

    /// <summary>An element of an array.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        Comma();
        _writer.WriteByte((byte)'"');
        JsonText.Write(_writer, text);
        _writer.WriteByte((byte)'"');
        _comma = true;
    }

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        const int most = 20;
        Name(name);
        Utf8Formatter.TryFormat(value, _writer.GetSpan(most), out int written);
        _writer.Advance(written);
    }

    /// <summary>A place for a value that is not known yet; returns where it begins in the buffer.</summary>
    public int Blank(ReadOnlySpan<byte> name, int width)
    {
        Name(name);
        int offset = _writer.WrittenCount;
        _writer.GetSpan(width)[..width].Fill((byte)' ');
        _writer.Advance(width);
        return offset;
    }

    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        _writer.Write(value ? "true"u8 : "false"u8);
    }

    /// <summary>The next element of an array, or the beginning of one.</summary>
    public void Element(ReadOnlySpan<byte> json)
    {
        Comma();
        _writer.Write(json);
        _comma = true;
    }

    public void Base64(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        Name(name);
        _writer.WriteByte((byte)'"');
        int length = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length);
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, _writer.GetSpan(length), out _, out int written);
        _writer.Advance(written);
        _writer.WriteByte((byte)'"');
    }

    public void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        Name(name);
        _writer.Write(json);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        Comma();
        _writer.WriteByte((byte)'"');
        _writer.Write(name);
        _writer.Write("\":"u8);
        _comma = true;
    }

    private void Comma()
    {
        if (_comma)
        {
            _writer.WriteByte((byte)',');
        }
    }
}
