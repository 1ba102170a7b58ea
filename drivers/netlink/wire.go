//go:build linux

package netlink

// Numbers of the kernel's interface, from include/uapi/linux/ip_vs.h.
const (
	cmdNewService = 1
	cmdSetService = 2
	cmdDelService = 3
	cmdGetService = 4
	cmdNewDest    = 5
	cmdSetDest    = 6
	cmdDelDest    = 7
	cmdGetDest    = 8
	cmdNewDaemon  = 9
	cmdDelDaemon  = 10
	cmdGetDaemon  = 11
	cmdSetConfig  = 12
	cmdGetConfig  = 13
)

// Attributes of a message.
const (
	attrService       = 1
	attrDest          = 2
	attrDaemon        = 3
	attrTimeoutTCP    = 4
	attrTimeoutTCPFin = 5
	attrTimeoutUDP    = 6
)

// Attributes of a service.
const (
	svcFamily    = 1
	svcProtocol  = 2
	svcAddress   = 3
	svcPort      = 4
	svcFWMark    = 5
	svcScheduler = 6
	svcFlags     = 7
	svcTimeout   = 8
	svcNetmask   = 9
	svcStats     = 10
	svcEngine    = 11
	svcStats64   = 12
)

// Attributes of a destination.
const (
	dstAddress     = 1
	dstPort        = 2
	dstForward     = 3
	dstWeight      = 4
	dstUpper       = 5
	dstLower       = 6
	dstActive      = 7
	dstInactive    = 8
	dstPersistent  = 9
	dstStats       = 10
	dstFamily      = 11
	dstStats64     = 12
	dstTunType     = 13
	dstTunPort     = 14
	dstTunChecksum = 15
)

// Attributes of a sync daemon. Its port is in host byte order, unlike every other one.
const (
	dmnState     = 1
	dmnInterface = 2
	dmnSyncID    = 3
	dmnMaxLen    = 4
	dmnGroup     = 5
	dmnGroup6    = 6
	dmnPort      = 7
	dmnTTL       = 8
)

// Flags of a service that are not its scheduler's.
const (
	flagPersistent = 0x1
	flagHashed     = 0x2 // the kernel's own
	flagOnePacket  = 0x4
	flagsOwned     = flagPersistent | flagHashed | flagOnePacket
)

// The forwarding method within a destination's connection flags.
const forwardMask = 7

// Longest names that the kernel keeps, without the terminating zero.
const (
	maxScheduler = 15
	maxEngine    = 16
	maxInterface = 15
)
