# A task in a public subnet with a public IP and no ingress costs nothing; a NAT gateway costs more
# than everything else here together. The database is in private subnets either way.

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:A subnet stays in the zone that it was made in.
  state = "available"
  # Local zones have neither RDS nor Fargate everywhere.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  # Two zones: RDS asks for two, and a task starts in either.
  zones  = var.existing_vpc == null ? slice(data.aws_availability_zones.available.names, 0, 2) : []
  vpc_id = var.existing_vpc == null ? aws_vpc.this[0].id : var.existing_vpc.vpc_id

  database_subnet_ids = var.existing_vpc == null ? aws_subnet.private[*].id : var.existing_vpc.database_subnet_ids

  task_subnet_ids = (
    var.existing_vpc != null ? var.existing_vpc.task_subnet_ids :
    var.nat_gateway ? aws_subnet.private[*].id : aws_subnet.public[*].id
  )
  task_public_ip = var.existing_vpc != null ? var.existing_vpc.assign_public_ip : !var.nat_gateway
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs cost per gigabyte; what may talk to what is in the security groups.
  count = var.existing_vpc == null ? 1 : 0

  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# Whatever is started without a security group can talk to nobody.
resource "aws_default_security_group" "closed" {
  count  = length(aws_vpc.this)
  vpc_id = aws_vpc.this[0].id
}

resource "aws_subnet" "public" {
  count = length(local.zones)

  vpc_id            = local.vpc_id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, count.index)
  tags              = { Name = "${var.name}-public-${count.index + 1}" }

  # A zone that AWS adds must not move it.
  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_subnet" "private" {
  count = length(local.zones)

  vpc_id            = local.vpc_id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + count.index)
  tags              = { Name = "${var.name}-private-${count.index + 1}" }

  # A zone that AWS adds must not move it.
  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_internet_gateway" "this" {
  count  = length(aws_vpc.this)
  vpc_id = local.vpc_id
  tags   = { Name = var.name }
}

resource "aws_route_table" "public" {
  count  = length(aws_vpc.this)
  vpc_id = local.vpc_id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route_table" "private" {
  count  = length(aws_vpc.this)
  vpc_id = local.vpc_id
  tags   = { Name = "${var.name}-private" }
}

resource "aws_route" "public_to_internet" {
  count                  = length(aws_vpc.this)
  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route" "private_to_nat" {
  count                  = length(aws_nat_gateway.this)
  route_table_id         = aws_route_table.private[0].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  count          = length(aws_subnet.public)
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_route_table_association" "private" {
  count          = length(aws_subnet.private)
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[0].id
}

# One for both zones: a night without one zone is cheaper than a second gateway.
resource "aws_eip" "nat" {
  count  = var.nat_gateway ? 1 : 0
  domain = "vpc"
  tags   = { Name = "${var.name}-nat" }
}

resource "aws_nat_gateway" "this" {
  count         = var.nat_gateway ? 1 : 0
  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[0].id
  tags          = { Name = var.name }

  depends_on = [aws_internet_gateway.this]
}

# Free, and the image's layers come from S3.
resource "aws_vpc_endpoint" "s3" {
  count             = length(aws_vpc.this)
  vpc_id            = local.vpc_id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${data.aws_region.current.name}.s3"
  route_table_ids   = [aws_route_table.public[0].id, aws_route_table.private[0].id]
  tags              = { Name = "${var.name}-s3" }
}

resource "aws_security_group" "task" {
  #checkov:skip=CKV2_AWS_5:Attached to the tasks that the schedule starts.
  name        = "${var.name}-task"
  description = "The pipeline: calls out, is never called"
  vpc_id      = local.vpc_id
  tags        = { Name = "${var.name}-task" }
}

resource "aws_vpc_security_group_egress_rule" "task_to_https" {
  security_group_id = aws_security_group.task.id
  description       = "Spotify and the services of AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "task_to_database" {
  security_group_id            = aws_security_group.task.id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "PostgreSQL: called by the pipeline, calls nobody"
  vpc_id      = local.vpc_id
  tags        = { Name = "${var.name}-database" }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_task" {
  security_group_id            = aws_security_group.database.id
  description                  = "The pipeline"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
