using System.Text;

namespace WsCore.LoadTests.Tests.Functional;

/// <summary>What a program wrote, to be read while it writes on.</summary>
internal sealed class Transcript : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_gate)
        {
            _text.Append(value);
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString();
        }
    }
}
