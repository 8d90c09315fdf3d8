variable "name" {
  description = "What everything is called, and the database role's name with _ for -."
  type        = string
  default     = "spotify-elt"

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.name)) && length(var.name) >= 3 && length(var.name) <= 32
    error_message = "name must be 3 to 32 lower-case letters, digits and single hyphens, a letter first."
  }
}

# --- What runs, and when

variable "image_tag" {
  description = "The image's tag in ECR. `make deploy` gives the current commit's."
  type        = string
}

variable "cpu_architecture" {
  description = "What the image was built for: X86_64, or ARM64 (a fifth cheaper)."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture must be X86_64 or ARM64."
  }
}

variable "task_cpu" {
  description = "CPU units of the task; 1024 are one virtual CPU."
  type        = number
  default     = 1024
}

variable "task_memory" {
  description = "Memory of the task in MiB."
  type        = number
  default     = 2048

  validation {
    condition     = var.task_memory >= 2 * var.task_cpu && var.task_memory <= 8 * var.task_cpu
    error_message = "task_memory must be 2 to 8 times task_cpu: Fargate has nothing else."
  }
}

variable "spot" {
  description = "Run on Fargate Spot: 70 % cheaper, and AWS may end a run at two minutes' notice."
  type        = bool
  default     = false
}

variable "schedule_enabled" {
  description = "Whether the schedule starts runs; `make run-now` works without it."
  type        = bool
  default     = true
}

variable "schedule_expression" {
  description = "When a run starts: cron(...), rate(...) or at(...) of EventBridge Scheduler."
  type        = string
  default     = "cron(0 4 * * ? *)"

  validation {
    condition     = can(regex("^(cron|rate|at)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression must be cron(...), rate(...) or at(...)."
  }
}

variable "schedule_timezone" {
  description = "The IANA time zone of the schedule, such as Europe/Berlin."
  type        = string
  default     = "UTC"
}

# --- Configuration of the pipeline

variable "config_source" {
  description = "Where the Spotify credentials are: s3_env (a .env in S3) or secrets (Secrets Manager)."
  type        = string
  default     = "s3_env"

  validation {
    condition     = contains(["s3_env", "secrets"], var.config_source)
    error_message = "config_source must be s3_env or secrets."
  }
}

variable "secret_keys" {
  description = "With config_source = secrets: the keys of the secret. One that is missing there keeps the task from starting."
  type        = list(string)
  default = [
    "SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET",
    "SPOTIFY_REFRESH_TOKEN", "SPOTIFY_CONSENT_DATE",
  ]
}

# --- Network

variable "existing_vpc" {
  description = "A VPC of yours instead of a new one. Tasks need a way to the internet: a public IP or a NAT."
  type = object({
    vpc_id              = string
    task_subnet_ids     = list(string)
    database_subnet_ids = list(string)
    assign_public_ip    = bool
  })
  default = null

  validation {
    condition = var.existing_vpc == null ? true : (
      length(var.existing_vpc.task_subnet_ids) >= 1 && length(var.existing_vpc.database_subnet_ids) >= 2
    )
    error_message = "existing_vpc must name a subnet for tasks, and two in two zones for the database."
  }
}

variable "vpc_cidr" {
  description = "The address range of the new VPC; its four subnets are sixteenths of it."
  type        = string
  default     = "10.42.0.0/16"

  validation {
    condition     = can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr)) && can(cidrhost(var.vpc_cidr, 0))
    error_message = "vpc_cidr must be an address range of /16 to /24, such as 10.42.0.0/16."
  }
}

variable "nat_gateway" {
  description = "Run tasks in private subnets behind a NAT gateway instead of with public IPs."
  type        = bool
  default     = false

  validation {
    condition     = !(var.nat_gateway && var.existing_vpc != null)
    error_message = "nat_gateway belongs to the new VPC; a NAT of an existing VPC is yours."
  }
}

# --- Database

variable "database_name" {
  description = "The database that RDS creates."
  type        = string
  default     = "spotify"

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,62}$", var.database_name))
    error_message = "database_name must be letters, digits and underscores, a letter first."
  }
}

variable "database_version" {
  description = "PostgreSQL's major version, 14 to 18; minor versions come by themselves."
  type        = string
  default     = "17"

  validation {
    condition     = contains(["14", "15", "16", "17", "18"], var.database_version)
    error_message = "database_version must be a major version, 14 to 18."
  }
}

variable "database_class" {
  description = "The RDS instance class."
  type        = string
  default     = "db.t4g.micro"
}

variable "database_storage_gb" {
  description = "Storage at first; it grows by itself up to five times of that."
  type        = number
  default     = 20

  validation {
    condition     = var.database_storage_gb >= 20
    error_message = "database_storage_gb must be 20 or more: RDS has no less of gp3."
  }
}

variable "multi_az" {
  description = "Keep a standby of the database in another zone: twice the price, minutes less of outage."
  type        = bool
  default     = false
}

variable "backup_retention_days" {
  description = "How many days the database can be restored back to."
  type        = number
  default     = 7

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "backup_retention_days must be 1 to 35: RDS turns backups off at 0."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database, and the bucket and images while there are any; keep a deleted secret for 30 days. Turn it off, and apply, before you remove everything."
  type        = bool
  default     = true
}

# --- Logs and alarms

variable "alarm_email" {
  description = "Who is told of failures. AWS asks this address once to confirm."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+$", var.alarm_email))
    error_message = "alarm_email must be an e-mail address."
  }
}

variable "hours_without_success" {
  description = "How long after the last successful run an alarm is raised: the schedule's interval and room for a run."
  type        = number
  default     = 26

  validation {
    condition     = var.hours_without_success >= 1 && var.hours_without_success <= 168
    error_message = "hours_without_success must be 1 to 168: CloudWatch looks back a week at most."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the logs."
  type        = number
  default     = 90

  validation {
    condition     = var.log_retention_days >= 1
    error_message = "log_retention_days must be 1 or more: reports and artefacts end with the logs."
  }
}
