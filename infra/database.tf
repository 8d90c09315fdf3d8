locals {
  # The pipeline's own role; `make bootstrap` creates it. It has no password, only IAM tokens.
  database_role = replace(var.name, "-", "_")
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = local.database_subnet_ids
}

resource "aws_db_parameter_group" "this" {
  #checkov:skip=CKV2_AWS_30:The statements are dbt's own, and the run's log has them; logging each again costs per gigabyte.
  name_prefix = "${var.name}-"
  family      = "postgres${var.database_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# RDS would create them without an end to what they keep.
resource "aws_cloudwatch_log_group" "database" {
  #checkov:skip=CKV_AWS_158:Encrypted with AWS's own key; a key of one's own costs a dollar a month.
  #checkov:skip=CKV_AWS_338:variables.tf says how long; a year is the user's to choose.
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_157:A standby is the switch multi_az.
  #checkov:skip=CKV_AWS_118:Enhanced monitoring is for servers that are watched; this one works minutes a day.
  #checkov:skip=CKV_AWS_353:As for enhanced monitoring.
  #checkov:skip=CKV2_AWS_60:Snapshots carry the tags: copy_tags_to_snapshot.
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.database_version
  instance_class = var.database_class
  db_name        = var.database_name
  multi_az       = var.multi_az

  allocated_storage     = var.database_storage_gb
  max_allocated_storage = 5 * var.database_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name

  # RDS makes the master's password, keeps it in Secrets Manager and changes it every week.
  username                            = "postgres"
  manage_master_user_password         = true
  iam_database_authentication_enabled = true

  backup_retention_period   = var.backup_retention_days
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final"

  auto_minor_version_upgrade = true
  # Nobody changes database_version by accident.
  allow_major_version_upgrade = true
  # Not next Sunday: a switch that was applied is on, and the parameter group of the version before
  # can be deleted only when the database has left it.
  apply_immediately = true
  # A version that PostgreSQL no longer supports is upgraded, not paid for by the hour.
  engine_lifecycle_support = "open-source-rds-extended-support-disabled"

  enabled_cloudwatch_logs_exports = keys(aws_cloudwatch_log_group.database)
}
