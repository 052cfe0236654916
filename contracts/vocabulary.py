"""The closed word lists of the wire: every identifier that two sides must spell alike.

Labels for people belong to whoever shows them; here stand only the identifiers.
"""

from enum import StrEnum


class OrderState(StrEnum):
    """Where a work order stands (transitions WO1 to WO22)."""

    CREATED = "created"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    ON_SITE = "on_site"
    QUOTED = "quoted"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    REWORK = "rework"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    ARCHIVED = "archived"
    CANCEL_PENDING = "cancel_pending"
    CANCELLED = "cancelled"
    VOID = "void"


class Outcome(StrEnum):
    """What became of an event; each tells the handheld what to do with its copy."""

    #: done: the handheld drops the event from its queue
    APPLIED = "applied"
    #: the same id and content came before: dropped; see ``first_outcome``
    DUPLICATE = "duplicate"
    #: kept as evidence, the order had moved on (P-18): dropped and shown
    RECORDED = "recorded"
    #: refused for good, nothing changed: taken out of the queue and shown
    REJECTED = "rejected"
    #: ``expected_seq`` comes first, nothing changed: sent again from there
    OUT_OF_ORDER = "out_of_order"


class ServiceNature(StrEnum):
    """Which of the three natures of service an order is (R-020)."""

    ROUTINE = "routine"
    PAID_SPECIAL = "paid_special"
    BUSINESS = "business"


class Category(StrEnum):
    """What kind of work an order is; it decides the checklist and the qualification."""

    LAMP = "lamp"
    SWITCH = "switch"
    TAP_VALVE = "tap_valve"
    GAS_WATER_HEATER = "gas_water_heater"
    GAS_STOVE = "gas_stove"
    TOILET_TANK = "toilet_tank"
    AIR_CONDITIONER = "air_conditioner"
    WATER_PIPE_INSTALL = "water_pipe_install"
    HOUSEHOLD_OTHER = "household_other"
    BUSINESS_OTHER = "business_other"
    PUBLIC_AREA = "public_area"


class IntakeChannel(StrEnum):
    """By which way a request reached the desk."""

    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"
    CONTROL_ROOM = "control_room"
    HOTLINE = "hotline"
    SERVICE_DESK = "service_desk"
    COMPLAINT_BOX = "complaint_box"
    MAINTENANCE_CENTRE = "maintenance_centre"
    APP = "app"
    OTHER = "other"


class RequestKind(StrEnum):
    """What the caller wants."""

    ENQUIRY = "enquiry"
    COMPLAINT = "complaint"
    SERVICE_NEED = "service_need"


class Urgency(StrEnum):
    """How soon somebody has to come."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class PaymentMethod(StrEnum):
    """How the customer pays."""

    MONTHLY_NOTICE = "monthly_notice"
    CASH = "cash"
    TRANSFER = "transfer"
    MOBILE_PAY = "mobile_pay"
    FREE_OF_CHARGE = "free_of_charge"


class Suspension(StrEnum):
    """Why work on an order pauses (WO12)."""

    WAIT_MATERIAL = "wait_material"
    CUSTOMER_ABSENT = "customer_absent"
    HAZARD = "hazard"
    CAPACITY_INCREASE = "capacity_increase"
    RISER_SHUTOFF = "riser_shutoff"
    ACCESS = "access"
    OTHER = "other"


class WarrantyCode(StrEnum):
    """Who bears the cost, and why."""

    PAID = "paid"
    IN_WARRANTY = "in_warranty"
    MISUSE = "misuse"
    EXPIRED = "expired"
    ALTERED = "altered"
    GOODWILL = "goodwill"


class UnsignedReason(StrEnum):
    """Why there is no customer signature under an order (A-15)."""

    REFUSED = "refused"
    ABSENT = "absent"
    DISPUTE = "dispute"


class Relation(StrEnum):
    """What a person is to the dwelling."""

    OWNER = "owner"
    TENANT = "tenant"
    FAMILY = "family"
    VISITOR = "visitor"
    OTHER = "other"


class ConfirmMethod(StrEnum):
    """How the customer agreed to the price (R-056)."""

    HANDHELD_SIGNATURE = "handheld_signature"
    CODE = "code"
    PHONE = "phone"
    PAPER = "paper"


class HazardKind(StrEnum):
    """What endangers people on site."""

    GAS_LEAK = "gas_leak"
    ELECTRIC_SHOCK = "electric_shock"
    WATER = "water"
    FIRE = "fire"
    STRUCTURAL = "structural"
    OTHER = "other"


class StockKind(StrEnum):
    """Materials are drawn and used up; tools are borrowed and come back (R-058)."""

    MATERIAL = "material"
    TOOL = "tool"


class DamageKind(StrEnum):
    """Whether a customer's thing was damaged or went missing (R-063)."""

    DAMAGE = "damage"
    LOSS = "loss"


class IncidentCategory(StrEnum):
    """Which department a public-area incident concerns (R-026)."""

    ENGINEERING = "engineering"
    SECURITY = "security"
    CLEANING = "cleaning"
    GREENING = "greening"
    OTHER = "other"


class IncidentSeverity(StrEnum):
    """Major incidents are made known to the department head and the gpm (R-029)."""

    NORMAL = "normal"
    MAJOR = "major"


class PhotoTag(StrEnum):
    """What a picture shows. A signature is an upload as well, so it has a tag too."""

    BEFORE = "before"
    AFTER = "after"
    ISOLATION = "isolation"
    METER = "meter"
    RATING_LABEL = "rating_label"
    GAUGE_LOW = "gauge_low"
    GAUGE_HIGH = "gauge_high"
    CLAMP = "clamp"
    NAMEPLATE = "nameplate"
    OLD_PART = "old_part"
    NEW_PART = "new_part"
    FAULT_POINT = "fault_point"
    REPAIR = "repair"
    GAS_OFF = "gas_off"
    LEAK_TEST = "leak_test"
    FLAME = "flame"
    JOINT = "joint"
    THREAD = "thread"
    CLOSED = "closed"
    WATER_TEST = "water_test"
    PLUMB = "plumb"
    LEVEL = "level"
    UNION = "union"
    HOT_COLD = "hot_cold"
    CLIPS = "clips"
    BENDS = "bends"
    RUN = "run"
    MATERIALS = "materials"
    ROUTE_SKETCH = "route_sketch"
    DYE = "dye"
    SEAL = "seal"
    SCALE = "scale"
    FROST = "frost"
    TERMINALS = "terminals"
    HARNESS = "harness"
    GAP = "gap"
    CLEAN = "clean"
    TAG = "tag"
    GAUGE = "gauge"
    SIGNATURE = "signature"
