using System.Runtime.CompilerServices;

namespace WsCore.Protocol;

/// <summary>One slot per known field, on the stack.</summary>
[InlineArray((int)Field.Unknown)]
internal struct SlotTable
{
    private Slot _first;
}
